"""Shops that are not there: each speaks the dialect of a platform over a real socket, traps and all.

``python -m tests.fake_shops woocommerce --orders 10000`` serves one.
"""
