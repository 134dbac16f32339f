"""Buying a device against renting it: both totals, and the hours of use at which they meet."""

from __future__ import annotations

from dataclasses import dataclass

from agent.core.running import MONTH_HOURS


@dataclass(frozen=True, slots=True)
class BuyOrRent:
    """What so many devices cost either way, in USD; people cost the same and are left out.

    `purchase` is paid once, `rent_per_hour` and `power_per_hour` are for all devices together;
    `hosting` is the rent of their place a month, `resale` what they sell for at the end.
    """

    years: float
    hours_a_month: float
    purchase: float
    rent_per_hour: float
    power_per_hour: float
    hosting: float = 0.0
    resale: float = 0.0

    @property
    def fixed(self) -> float:
        """Return what owning costs whatever the use: purchase and hosting less the resale."""
        return self.purchase + self.hosting * self.months - self.resale

    @property
    def months(self) -> float:
        """Return the months of the horizon."""
        return self.years * 12

    @property
    def rent(self) -> float:
        """Return the rent of the hours used, over the horizon."""
        return self.rent_per_hour * self.hours_a_month * self.months

    @property
    def power(self) -> float:
        """Return the power of the hours used, over the horizon."""
        return self.power_per_hour * self.hours_a_month * self.months

    @property
    def buy(self) -> float:
        """Return purchase, hosting and power less the resale, over the horizon."""
        return self.fixed + self.power

    @property
    def even_hours(self) -> float | None:
        """Return the hours of use a month at which both cost the same, None where they never do.

        A month has 730.5 hours: beyond that renting stays the cheaper.
        """
        saved = self.rent_per_hour - self.power_per_hour
        hours = self.fixed / self.months / saved if saved > 0 else MONTH_HOURS + 1
        return hours if hours <= MONTH_HOURS else None

    @property
    def even_purchase(self) -> float:
        """Return the purchase at which both cost the same; 0 where buying never pays."""
        return max(0.0, self.rent - self.power - self.hosting * self.months)


def power_usd_per_hour(watts: float, devices: int, *, pue: float, usd_per_kwh: float) -> float:
    """Return the price of an hour at full power: watts x devices x PUE / 1,000 x price a kWh."""
    return watts * devices * pue / 1000 * usd_per_kwh
