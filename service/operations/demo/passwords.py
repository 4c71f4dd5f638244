"""The demo's password: four words, the same each time for one installation, another one for the next."""

from __future__ import annotations

import hashlib
import hmac
import random

WORDS = """
amber apple april autumn barley basket birch boat bread bridge butter candle canvas cedar cherry
cinnamon cloud clover copper cotton dandelion dawn drum ember feather fern fiddle forest garden
ginger harbour hazel honey island ivy juniper kettle ladder lantern lemon linen maple marble meadow
mint moss mountain mustard nettle oak olive orchard pebble pepper plum poppy quilt raven river
saffron thistle tulip walnut willow
"""


def demo_password(secret_key: str) -> str:
    """Make the password out of the installation's own key: nothing is kept, and no two towns share it."""
    made = hmac.new(secret_key.encode(), b"the demo town", hashlib.sha256).digest()
    # Four different words: one said four times would be too common.
    return "-".join(random.Random(made).sample(WORDS.split(), 4))  # noqa: S311 the key is what is secret
