"""The yardstick: the least that Flask and gunicorn can answer, served the way the service is."""

from __future__ import annotations

from flask import Flask, Response, jsonify

app = Flask("bare")


@app.get("/")
def bare() -> Response:
    """Answer a few bytes of JSON."""
    return jsonify(status="ok")
