"""Task types and domains from the user's words."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from agent.interpreters import RuleInterpreter
from agent.profile import Profile


@dataclass(frozen=True)
class Job:
    id: str
    text: str
    task_type: str
    domain: str | None = None


JOBS = [
    Job("angry-reviews", "we want to flag angry reviews", "classification"),
    Job("agent", "300 tasks a month for a coding agent on our monorepo", "agentic"),
    Job("photos", "moderate images uploaded by users, 10k a day", "vision_document"),
    Job("nudity", "flag nudity in uploaded photos, 5k a day", "vision_document"),
    Job("doctor", "answer doctor-level medical questions", "qa_open_knowledge", "medical"),
    Job("leaflets", "answer health questions from our leaflets", "qa_closed", "medical"),
    Job("embedding", "Which embedding model for RAG?", "embedding"),
    Job("pos-neg", "our tweets: pos/neg/neutral, which model?", "classification", "media"),
    Job("route", "we need to route tickets to the right team", "classification", "support"),
    Job("totals", "pull invoice totals out of PDFs for our accounting", "extraction", "finance"),
    Job("docs-bot", "a chatbot for our docs", "qa_closed"),
    Job("world", "an assistant that answers general knowledge questions", "qa_open_knowledge"),
    Job("ads", "write ad copy for our clients", "open_writing", "marketing"),
    Job("sql", "our managers want SQL from questions in plain English", "text_to_sql"),
    Job("calls-sum", "summarise calls for our agents", "summarization"),
    Job("calls-text", "transcribe calls with our customers", "speech"),
    Job("product-pages", "translate product pages for our shop", "translation", "ecommerce"),
    Job("hate", "we must detect hate speech in comments", "moderation"),
    Job("travel", "agents that book travel for our staff", "agentic", "travel"),
    Job("demand", "forecast demand for our stores", "time_series"),
    Job("semantic", "semantic search over our articles", "embedding"),
    Job("autocomplete", "autocomplete code for our developers", "code_generation", "software"),
    Job("names", "extract names from our letters", "ner"),
    Job("homework", "our app should solve math homework for students", "math", "education"),
    Job("contract-terms", "we want to find renewal dates in contracts", "extraction", "legal"),
    Job("contract-risk", "we classify contracts as risky or not", "classification", "legal"),
    Job("handwriting", "we need to read handwriting on delivery slips", "vision_document"),
    Job("functions", "turn spoken requests into API calls for our app", "function_calling"),
    Job(
        "rerank",
        "we want to rank products for search results in our webshop",
        "retrieval_ranking",
        "ecommerce",
    ),
    Job("companion", "we build a companion chatbot", "dialogue"),
    Job(
        "croissants",
        "our bakery wants to predict how many croissants to bake tomorrow",
        "time_series",
    ),
    Job("spam", "we need a spam filter for our forum", "classification"),
    Job("icd", "assign ICD codes to discharge notes in our hospital", "classification", "medical"),
    Job("pii", "redact personal data in our chat logs", "ner"),
    Job("cv", "screening resumes for our recruiters", "classification", "hr"),
    Job("german-tickets", "Wir wollen Tickets klassifizieren", "classification", "support"),
    Job("german-translate", "wir möchten Produkttexte übersetzen", "translation"),
    Job(
        "german-invoice",
        "Rechnungsdaten aus PDFs extrahieren für unsere Buchhaltung",
        "extraction",
        "finance",
    ),
    Job("french-summary", "nous voulons résumer des réunions", "summarization"),
    Job("spanish-class", "queremos clasificar correos de clientes", "classification"),
    Job("chinese-class", "我们想对工单进行分类", "classification", "support"),
    Job("chinese-translate", "我们需要翻译商品描述", "translation"),
    Job(
        "misspelt",
        "we want to clasify and sumarize suport emails, mostly clasify",
        "classification",
    ),
    Job(
        "reasoning",
        "complex legal reasoning over case files for our law firm",
        "reasoning",
        "legal",
    ),
]


@pytest.mark.parametrize("case", JOBS, ids=lambda case: case.id)
def test_the_job_is_recognised(case: Job, interpreter: RuleInterpreter) -> None:
    said = interpreter.understand(case.text, profile=Profile(), last=None)

    assert said.patch.task_type == case.task_type
    assert said.intent == "recommendation"
    if case.domain:
        assert said.patch.domain == case.domain
    assert said.patch.task
    assert len(said.patch.task) <= 280


def test_the_job_is_told_in_the_users_words(interpreter: RuleInterpreter) -> None:
    text = (
        "We get 20,000 support tickets a day and want to route each into one of 12 queues. "
        "We have 60k labelled past tickets. GPT-5 class API or fine-tune something small?"
    )

    task = interpreter.understand(text, profile=Profile(), last=None).patch.task

    assert task == "route each support ticket into one of 12 queues"


def test_a_second_job_is_noted_beside_the_main_one(interpreter: RuleInterpreter) -> None:
    text = "We want to classify support emails and also summarise calls."

    patch = interpreter.understand(text, profile=Profile(), last=None).patch

    assert patch.task_type in ("classification", "summarization")
    assert "classify" in (patch.task or "")
    assert "summarise" in (patch.task or "")


@pytest.mark.parametrize(
    "text", ["summarise board papers, 20 a month", "ask questions of our data warehouse in English"]
)
def test_a_compound_is_not_taken_for_its_last_word(text: str, interpreter: RuleInterpreter) -> None:
    assert interpreter.understand(text, profile=Profile(), last=None).patch.domain is None
