"""Ask first, for the usual case, and insert behind a savepoint, for the rare one; the model checks itself."""

from flask import Flask, jsonify, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import CheckConstraint, String, exists
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, validates
from werkzeug.exceptions import BadRequest

LIMITS = {"username": 80, "email": 254}


class _Invalid(ValueError):
    """Values that a user must not have."""


class _Taken(Exception):
    """Values that another user has."""


class Base(DeclarativeBase):
    """The base class of the models."""


db = SQLAlchemy(model_class=Base)


class User(db.Model):
    """Somebody who has signed up."""

    __tablename__ = "users"
    __table_args__ = (CheckConstraint("length(username) <= 80"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(80), unique=True, nullable=False)
    email: Mapped[str] = mapped_column(String(254), unique=True, nullable=False)

    def as_dict(self):
        return {"id": self.id, "username": self.username, "email": self.email}

    @validates("email")
    def in_lower_case(self, key, email):
        return email.lower()

    def faults(self):
        return [
            n
            for n in LIMITS
            if not 0 < len(getattr(self, n).strip()) or len(getattr(self, n)) > LIMITS[n]
        ]

    def taken(self):
        with db.session.no_autoflush:
            return [
                n
                for n in LIMITS
                if db.session.query(exists().where(getattr(User, n) == getattr(self, n))).scalar()
            ]


def create_app(uri):
    app = Flask(__name__)
    app.config.from_mapping(SQLALCHEMY_DATABASE_URI=uri, SQLALCHEMY_ENGINE_OPTIONS={"echo": False})
    db.init_app(app)
    with app.app_context():
        Base.metadata.create_all(db.engine)

    @app.errorhandler(_Invalid)
    def refuse_invalid(error):
        return jsonify(invalid=error.args[0]), 422

    @app.errorhandler(_Taken)
    def refuse_taken(error):
        return jsonify(taken=error.args[0]), 409

    @app.post("/users")
    def sign_up():
        body = request.get_json()
        try:
            user = User(username=body["username"], email=body["email"])
        except (KeyError, TypeError, AttributeError):
            raise BadRequest from None
        if faults := user.faults():
            raise _Invalid(faults)
        if taken := user.taken():
            raise _Taken(taken)
        try:
            with db.session.begin_nested():
                db.session.add(user)
        except IntegrityError:
            again = User(username=body["username"], email=body["email"]).taken()
            if again:
                raise _Taken(again) from None
            raise
        db.session.commit()
        return jsonify(user.as_dict()), 201, {"Location": f"{request.root_path}/users/{user.id}"}

    @app.route("/users/<int:number>", methods=["GET", "DELETE"])
    def one(number):
        user = db.session.get(User, number)
        if user is None:
            return jsonify(error="There is no such user."), 404
        if request.method == "GET":
            return jsonify(user.as_dict())
        db.session.delete(user)
        db.session.commit()
        return app.response_class(status=204)

    return app
