"""How rankings are judged on real choices: the data sets, the protocols, and the rankers compared."""
