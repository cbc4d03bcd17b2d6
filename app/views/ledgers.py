from flask import Blueprint

blueprint = Blueprint("ledgers", __name__)
