"""The season planner: who is in which group, when, where and with whom, at the least cost.

It knows nothing of Django: an instance goes in as JSON ("season-instance/1"), a plan comes out
("season-plan/1"). `plan_season` is the whole of it.
"""

from supervision.planner.instance import BadInstance
from supervision.planner.planning import Unplannable, plan_season


__all__ = ["BadInstance", "Unplannable", "plan_season"]
