"""What tests stand on: a PostgreSQL of their own, fresh databases, a client that reads each page it opens."""
