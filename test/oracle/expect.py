"""Says what the statistics of a watch should give, from the definitions and with scipy alone. See README.md.

Nothing here follows the code in src: likelihoods are scipy's mass functions, the distribution of ranks is counted by choosing
ranks one by one, and its tails are checked against scipy.stats.mannwhitneyu.
"""

import json
import pathlib
from functools import cache

import numpy as np
from scipy.optimize import brentq
from scipy.special import logsumexp
from scipy.stats import binom, mannwhitneyu, poisson

HERE = pathlib.Path(__file__).parent
FACTORS = np.geomspace(1.05, 50, 32)
ENOUGH = np.log(50)


def log_mean(logs):
    return logsumexp(logs) - np.log(len(logs))


def against_ratio(pairs, ratio):
    """For each factor: how much likelier the events are where the rate is factor * ratio times that before, than at ratio times."""
    bad, of, bad_before, of_before = pairs
    both = bad + bad_before

    def chance(times):
        weight = times * of
        # Without events, or without a baseline, the binomial has nothing to share out, and both likelihoods are the same.
        return np.divide(weight, weight + of_before, out=np.zeros_like(of), where=weight > 0)

    at_limit = binom.logpmf(bad, both, chance(ratio))
    return [np.sum(binom.logpmf(bad, both, chance(ratio * factor)) - at_limit) for factor in FACTORS]


def against_share(pairs, share, factors):
    bad, of, _, _ = pairs
    at_limit = poisson.logpmf(bad, share * of)
    return [np.sum(poisson.logpmf(bad, share * factor * of) - at_limit) for factor in factors]


def evidence(pairs, ratio, negligible):
    bad, of, bad_before, of_before = pairs
    more = log_mean(against_ratio(pairs, ratio))
    fewer = log_mean(against_ratio((bad_before, of_before, bad, of), 1 / ratio))
    if negligible == 0:
        return more, fewer
    # The limit is the greater of both. Worse must be beyond each; not worse is under one of them.
    more_than_negligible = log_mean(against_share(pairs, negligible, FACTORS))
    fewer_than_negligible = log_mean(against_share(pairs, negligible, 1 / FACTORS))
    return min(more, more_than_negligible), log_mean([fewer, fewer_than_negligible])


def ratio_bounds(pairs):
    """The ratios at which the evidence on either side is just enough."""
    low, high = np.log(1e-3), np.log(1e3)
    above = lambda log_ratio: evidence(pairs, np.exp(log_ratio), 0)[0] - ENOUGH
    below = lambda log_ratio: evidence(pairs, np.exp(log_ratio), 0)[1] - ENOUGH

    def crossing(of, from_end, to_end):
        if of(from_end) < 0:
            return None
        return float(np.exp(to_end if of(to_end) >= 0 else brentq(of, low, high)))

    return crossing(above, low, high), crossing(below, high, low)


def evidence_of(case):
    columns = np.array(case["pairs"], dtype=float).reshape(-1, 4)
    pairs = tuple(columns[:, i] for i in range(4))
    worse, not_worse = evidence(pairs, case["ratio"], case["negligible"])
    at_least, at_most = ratio_bounds(pairs)
    return {"worse": float(worse), "notWorse": float(not_worse), "atLeast": at_least, "atMost": at_most}


@cache
def tail_of_u(before, after):
    """The chance of U <= u for each u: of all ways to choose `after` ranks, those whose sum is small enough."""
    products = before * after
    ways = np.zeros((after + 1, products + 1))
    ways[0, 0] = 1
    for rank in range(1, before + after + 1):
        for chosen in range(min(rank, after), 0, -1):
            # As the chosen-th smallest of the chosen, this rank is above rank - chosen values that were not chosen.
            over = rank - chosen
            if over > before:
                continue
            ways[chosen, over:] += ways[chosen - 1, : products + 1 - over]
    return np.cumsum(ways[after]) / np.sum(ways[after])


def outside(before, after, one_side):
    """How many differences lie outside at each end; none where even the whole range is too little sure."""
    if before == 0 or after == 0:
        return None
    count = int(np.searchsorted(tail_of_u(before, after), one_side, side="right"))
    return count - 1 if count > 0 else None


def check_with_scipy(before, after, at_least, one_side):
    """Without ties, the lower end is where scipy's exact test changes its mind."""
    differences = np.sort(np.subtract.outer(after, before).ravel())
    if len(differences) > 1000:
        return 0
    step = np.min(np.diff(differences), initial=1) / 4
    if step < 1e-6:
        return 0
    p = lambda by: mannwhitneyu(np.array(after) - by, before, alternative="greater", method="exact").pvalue
    assert p(at_least - step) <= one_side < p(at_least + step), (before, after, at_least)
    return 1


checked_with_scipy = 0


def shift_of(case):
    global checked_with_scipy
    before, after, one_side = case["before"], case["after"], case["alpha"] / 2
    leave_out = outside(len(before), len(after), one_side)
    if leave_out is None:
        needed = 1
        while outside(needed, needed, one_side) is None:
            needed += 1
        return {"needed": needed}
    differences = np.sort(np.subtract.outer(after, before).ravel())
    at_least, at_most = differences[leave_out], differences[-1 - leave_out]
    checked_with_scipy += check_with_scipy(before, after, at_least, one_side)
    return {"estimate": float(np.median(differences)), "atLeast": float(at_least), "atMost": float(at_most)}


cases = json.loads((HERE / "cases.json").read_text())
expected = {
    "evidence": [evidence_of(case) for case in cases["evidence"]],
    "shift": [shift_of(case) for case in cases["shift"]],
}
(HERE / "expected.json").write_text(json.dumps(expected, separators=(",", ":")) + "\n")
print(f"{len(cases['evidence'])} of evidence, {len(cases['shift'])} of shifts; {checked_with_scipy} ends checked with mannwhitneyu")
