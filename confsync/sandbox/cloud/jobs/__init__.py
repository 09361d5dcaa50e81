"""Cloud's v1: changes of many pages at once, some of which are jobs.

Data Center has none of them in this form.
"""
