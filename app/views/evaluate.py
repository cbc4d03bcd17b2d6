from flask import Blueprint

blueprint = Blueprint("evaluate", __name__)
