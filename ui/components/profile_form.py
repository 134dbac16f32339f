"""The standing profile as a compact form; a change answers the last question again at once."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2s

import streamlit as st
from pydantic import ValidationError

from agent.errors import AdvisorError
from agent.profile import Profile
from ui import services
from ui.components.slots import RESIDENCIES, TASKS, TITLES, residency

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Field:
    """A number of the profile: slot, label, step, least value, whether whole, and page's scale."""

    slot: str
    label: str
    step: float
    least: float = 1
    whole: bool = True
    scale: float = 1.0


FIELDS = (
    Field("requests_per_day", "Requests a day", 1000),
    Field("input_tokens", "Tokens in", 100),
    Field("output_tokens", "Tokens out", 50),
    Field("labeled_examples", "Labeled examples", 500, least=0),
    Field("latency_ms", "Answer within, s", 0.5, least=0.01, whole=False, scale=1000.0),
    Field("budget_usd_per_month", "USD a month", 100, least=0),
    Field("wrong_answer_usd", "Cost of a wrong answer, USD", 0.05, least=0, whole=False),
)
PAIRS = (
    ("requests_per_day", "labeled_examples"),
    ("input_tokens", "output_tokens"),
    ("latency_ms", "budget_usd_per_month"),
    ("wrong_answer_usd",),
)


def profile_form(profile: Profile, *, thread: str, prefix: str) -> None:
    """Draw the form; an answer with another profile refills it."""
    with st.container(key=f"fields-{prefix}", gap="small"):
        _form(profile, thread=thread, prefix=prefix)


def _form(profile: Profile, *, thread: str, prefix: str) -> None:
    digest = blake2s(profile.model_dump_json().encode(), digest_size=6).hexdigest()
    stem = f"{prefix}-{thread}"
    if st.session_state.get(f"{stem}-drawn") != digest:
        st.session_state[f"{stem}-drawn"] = digest
        for slot in type(profile).model_fields:
            st.session_state.pop(f"{stem}-{slot}", None)
    fields = {field.slot: field for field in FIELDS}
    _choice("task_type", TASKS, profile, thread=thread, stem=stem)
    for pair in PAIRS:
        with st.container(horizontal=True, wrap=False, gap="small"):
            for slot in pair:
                _number(fields[slot], profile, thread=thread, stem=stem)
    places = dict(RESIDENCIES)
    if profile.data_residency and profile.data_residency not in places:
        places[profile.data_residency] = residency(profile.data_residency)
    _choice("data_residency", places, profile, thread=thread, stem=stem)
    if message := st.session_state.get(_fault_key(thread)):
        st.error(message, icon=":material/error:")


def _fault_key(thread: str) -> str:
    return f"profile-fault-{thread}"


def _choice(slot: str, words: dict[str, str], profile: Profile, *, thread: str, stem: str) -> None:
    key = f"{stem}-{slot}"
    st.session_state.setdefault(key, getattr(profile, slot))
    st.selectbox(
        TITLES[slot],
        list(words),
        index=None,
        format_func=lambda code: words[code],
        key=key,
        placeholder=UNKNOWN,
        on_change=_changed,
        args=(slot, 1.0, profile, thread, key),
    )


def _number(field: Field, profile: Profile, *, thread: str, stem: str) -> None:
    key = f"{stem}-{field.slot}"
    value = getattr(profile, field.slot)
    if value is not None:
        value = round(value / field.scale) if field.whole else float(value) / field.scale
    st.session_state.setdefault(key, value)
    st.number_input(
        field.label,
        min_value=int(field.least) if field.whole else float(field.least),
        value=None,
        step=int(field.step) if field.whole else field.step,
        format="%d" if field.whole else "%.2f",
        key=key,
        placeholder=UNKNOWN,
        on_change=_changed,
        args=(field.slot, field.scale, profile, thread, key),
    )


def _changed(slot: str, scale: float, profile: Profile, thread: str, key: str) -> None:
    """Answer again with the changed slot; a value that can't be used is named in the form."""
    value = st.session_state.get(key)
    st.session_state.pop(_fault_key(thread), None)
    if isinstance(value, int | float):
        value = value * scale
    edited = profile.without(slot)
    if value is not None:
        try:
            edited = Profile.model_validate({**edited.model_dump(), slot: value})
        except ValidationError as error:
            reason = error.errors()[0]["msg"].lower()
            st.session_state[_fault_key(thread)] = f"{TITLES[slot]}: {value!r} can't be, {reason}."
            return
    try:
        services.change_profile(thread, edited)
    except AdvisorError as error:
        st.session_state[_fault_key(thread)] = str(error)
