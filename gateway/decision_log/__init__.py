"""The decision log: append-only files of records, each bound to the one before by its hash, vouched for by signatures.

``record`` is the format and ``verifying`` its proof; ``writer`` appends; ``chronicle`` is what the analyst holds;
``forgetting`` takes personal data out. The format is described for strangers in docs/decision-log.md.
"""
