"""The warehouse's table, as SQL text."""

CREATE = "CREATE TABLE stock (article TEXT PRIMARY KEY, quantity INTEGER NOT NULL)"
FILL = "INSERT INTO stock VALUES (?, ?)"
READ = "SELECT quantity FROM stock WHERE article = ?"
TAKE = "UPDATE stock SET quantity = quantity - ? WHERE article = ?"
LEFT = "SELECT article, quantity FROM stock ORDER BY article"

OPENING = (("chair", 10), ("desk", 2), ("lamp", 40))
