"""What Comanda is measured by: ``python -m benchmarks``, ``--quick`` for a tenth of the size.

Each measure is printed beside a floor that was taken in the same run on the same machine.
"""
