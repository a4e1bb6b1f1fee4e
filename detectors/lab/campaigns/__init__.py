"""Campaigns and honest groups, played account by account: what finding those who act together is measured on.

``company.company`` makes the whole population, ``Company.acts`` plays it in time order.
"""
