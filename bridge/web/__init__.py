"""The review page: its files, its keys, its pictures. Talks to the service by the methods of the wire."""
