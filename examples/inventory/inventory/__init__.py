"""Keep the stock of a shop: an office, a warehouse with a database, and any number of tills."""
