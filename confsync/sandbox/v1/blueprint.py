"""The two parts of v1, by where they exist.

Data Center has both. Cloud has `classic` at a site's own address only: behind the gateway, and on
a site without it, the answer is 410.
"""

from __future__ import annotations

import flask

from ..errors import Gone
from ..site import CLOUD, behind_gateway, site

both = flask.Blueprint("v1_both", __name__)
classic = flask.Blueprint("v1_classic", __name__)


@classic.before_request
def refuse_gone() -> None:
    if site().flavor == CLOUD and (behind_gateway() or not site().classic_v1):
        raise Gone("This deprecated endpoint has been removed.")
