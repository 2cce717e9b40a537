"""A file to begin with: the eight columns, three orders of an invented shop."""

SAMPLE = """\
order_id,order_status,order_date,contact_identifier,order_revenue,product_id,product_price,product_quantity
20250101,completed,2025-01-16 14:32:10,ines.almeida@example.com,74.30,MUG-BLUE,12.40,2
20250101,completed,2025-01-16 14:32:10,ines.almeida@example.com,74.30,TEAPOT-1L,49.50,1
20250102,pending,2025-01-17 09:05:00,+351912345678,18.00,TEA-GREEN-100,9.00,2
20250103,canceled,2025-01-17 18:47:33,,12.40,MUG-BLUE,12.40,1
"""
"""An order of two lines, one by phone, and a guest's that was canceled."""
