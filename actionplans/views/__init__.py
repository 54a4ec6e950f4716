from .indicators import indicators, indicators_csv
from .needs import need, needs
from .network import network
from .plan import measure, plan

__all__ = ["indicators", "indicators_csv", "measure", "need", "needs", "network", "plan"]
