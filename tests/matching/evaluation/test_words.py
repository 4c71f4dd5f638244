"""The text protocol, on the real texts where they are."""

from __future__ import annotations

import pytest

from matching.evaluation.words import judge_words


@pytest.mark.slow
@pytest.mark.data
def test_our_own_vectors_find_translations_that_letters_do_not(shared_data):
    rows = judge_words(shared_data, None, lambda _: None)
    found = {(row.ranker, row.segment): row for row in rows}

    assert found["halfway", "uk_en"].recall_at_1 > found["tf_idf_letters", "uk_en"].high
    assert found["halfway", "icnptso_section"].accuracy > 0.69
