"""Makes weights.json: returns of made-up assets, and what numpy, scipy and scikit-learn make of them.

pip install numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1; python weights.py > weights.json

Nothing here follows the engine's ways: the covariance is scikit-learn's, risk parity is a root of "all contributions are
equal" found by scipy, and the minimum variance is the best of all combinations of weights at 0, at the cap and between.
"""
import itertools
import json

import numpy as np
from scipy.optimize import root
from sklearn.covariance import ledoit_wolf


def risk_parity(cov):
    n = len(cov)
    scale = np.sqrt(np.diag(cov)).mean()
    own = cov / scale**2

    def unequal(log_weights):
        w = np.exp(log_weights)
        return w * (own @ w) - 1 / n

    found = root(unequal, -np.log(np.sqrt(np.diag(own)) * n), method="lm", options={"xtol": 1e-15, "ftol": 1e-15})
    w = np.exp(found.x)
    assert np.abs(unequal(found.x)).max() < 1e-13, found.message
    return w / w.sum()


def minimum_variance(cov, cap):
    n, best, least = len(cov), None, np.inf
    for places in itertools.product((0, 1, 2), repeat=n):
        at = np.array(places)
        w = np.where(at == 2, cap, 0.0)
        free = np.flatnonzero(at == 1)
        left = 1 - w.sum()
        if len(free) == 0:
            if abs(left) > 1e-12:
                continue
        else:
            k = len(free)
            system = np.zeros((k + 1, k + 1))
            system[:k, :k] = cov[np.ix_(free, free)]
            system[:k, k] = system[k, :k] = 1
            w[free] = np.linalg.solve(system, np.append(-cov[free] @ w, left))[:k]
        if w.min() < -1e-13 or w.max() > cap + 1e-13:
            continue
        variance = w @ cov @ w
        if variance < least:
            best, least = w, variance
    return best


def case(seed, rows, assets, market, caps):
    draw = np.random.default_rng(seed)
    scale = draw.uniform(0.01, 0.06, assets)
    common = draw.standard_t(4, rows)
    own = draw.standard_t(4, (rows, assets))
    returns = np.round((market * common[:, None] + np.sqrt(1 - market**2) * own) * scale, 6)
    cov, shrinkage = ledoit_wolf(returns)
    deviation = returns.std(axis=0)
    return {
        "returns": returns.tolist(),
        "shrinkage": shrinkage,
        "covariance": cov.tolist(),
        "inverseVolatility": (1 / deviation / (1 / deviation).sum()).tolist(),
        "riskParity": risk_parity(cov).tolist(),
        "minimumVariance": [{"cap": cap, "weights": minimum_variance(cov, cap).tolist()} for cap in caps],
    }


print(json.dumps([
    case(1, 60, 5, 0.6, (1, 0.4, 0.2)),
    case(2, 30, 8, 0.9, (1, 0.25, 0.15)),
    case(3, 12, 6, 0.3, (1, 0.3)),
]))
