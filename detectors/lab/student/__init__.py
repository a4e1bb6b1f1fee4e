"""What detection buys: students trained on what a thief had obtained, against students of the full harvest.

Teachers are trained here, so that their answers are a model's own and no file's labels. Two families: classifiers of
short texts (``theft``), and small language models (``language``). Everything is seeded; nothing waits or reads a clock.
"""
