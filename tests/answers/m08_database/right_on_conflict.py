"""Use SQL statements and no objects: ON CONFLICT lets the database say whether the row went in."""

from flask import Blueprint, Flask, Response, abort, request, url_for
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import String, delete, or_, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

LIMITS = {"username": 80, "email": 254}

_users = Blueprint("users", __name__, url_prefix="/users")


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)


class User(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(80), unique=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)

    def as_dict(self):
        return {name: getattr(self, name) for name in ("id", "username", "email")}


@_users.post("")
def create():
    body = request.get_json()
    username, email = body["username"], body["email"].lower()
    invalid = [
        *(["email"] if email.isspace() or not 1 <= len(email) <= 254 else []),
        *(["username"] if username.isspace() or not 1 <= len(username) <= 80 else []),
    ]
    if invalid:
        return {"invalid": invalid}, 422
    statement = insert(User).values(username=username, email=email)
    user = db.session.execute(statement.on_conflict_do_nothing().returning(User)).scalar()
    if user is None:
        same = db.session.scalars(
            select(User).where(or_(User.username == username, User.email == email))
        ).all()
        taken = {"username" for u in same if u.username == username}
        taken |= {"email" for u in same if u.email == email}
        return {"taken": sorted(taken)}, 409
    answer = user.as_dict()
    db.session.commit()
    return answer, 201, {"Location": url_for(".show", number=answer["id"], _external=True)}


@_users.get("/<int:number>")
def show(number):
    return db.first_or_404(select(User).where(User.id == number)).as_dict()


@_users.delete("/<int:number>")
def remove(number):
    if db.session.execute(delete(User).where(User.id == number)).rowcount == 0:
        abort(404)
    db.session.commit()
    return Response(status=204)


def create_app(uri):
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = uri
    app.register_blueprint(_users)
    db.init_app(app)
    with app.app_context():
        db.create_all()
    return app
