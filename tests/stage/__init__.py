"""Where the product is tried out whole: its entries, a sandbox behind it, and faults in between."""
