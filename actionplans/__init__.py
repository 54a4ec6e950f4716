"""Why and how: needs, strategy, measures. The rooms are built as the nouns arrive."""
