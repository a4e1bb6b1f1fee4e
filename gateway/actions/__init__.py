"""Actions: what enforcement does, returned as data that the proxy carries out.

Pure: parameters are fields of frozen instances. Meters are asked by the shell and their answers handed in.
Siblings never import each other; ``base`` is the contract.
"""
