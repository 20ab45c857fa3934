"""What h01 asks for, step by step. The workers and their database are in conftest.py."""

from urllib.parse import quote

import pytest

ADA, BOB = {"Authorization": "Bearer ada-7f3a"}, {"Authorization": "Bearer bob-91c2"}
EVE, AMY = {"Authorization": "Bearer eve-0000"}, {"Authorization": "Bearer ada-7f3b"}
ALL, TEA, COFFEE = "/products", "/products?category=tea", "/products?category=coffee"
PAGE, RECOMMENDED = "/products/1", "/me/recommendations"
HERBS, TEAPOTS = "/products?category=herbs", "/products?category=teapots"
PAGES = [ALL, TEA, PAGE, RECOMMENDED]
TEAS, EVERYTHING = ["Assam", "Darjeeling"], ["Assam", "Darjeeling", "Mocha"]
LONG = "a" * 300
ASSAM = {"id": 1, "name": "Assam", "category": "tea", "reviews": 1}
DARJEELING = {"id": 2, "name": "Darjeeling", "category": "tea", "reviews": 0}
MOCHA = {"id": 3, "name": "Mocha", "category": "coffee", "reviews": 0}
ANSWERS = {
    ALL: [ASSAM, DARJEELING, MOCHA],
    COFFEE: [MOCHA],
    PAGE: ASSAM,
    "/products/2": DARJEELING,
    RECOMMENDED: {"for": "ada", "products": [ASSAM, DARJEELING]},
}
NOTHING = (404, {"error": "There is nothing in this category."})


class TestStep1FromTheCache:
    def test_a_second_request_to_any_worker_sends_no_statement(self, get, worker, make_worker):
        assert get(ALL).names == EVERYTHING
        other = make_worker()
        found = [get(ALL, worker=each) for each in (worker, other)]
        assert [(second.names, second.statements) for second in found] == [(EVERYTHING, [])] * 2


class TestStep2WhatIsKeptAndForWhom:
    def test_the_views_answer_what_they_did(self, get):
        for _ in ("missed", "hit"):
            found = {path: get(path) for path in ANSWERS}
            assert {path: response.json for path, response in found.items()} == ANSWERS
            assert {response.mimetype for response in found.values()} == {"application/json"}
            assert (get(HERBS).status_code, get(HERBS).json) == NOTHING

    @pytest.mark.parametrize("path", PAGES)
    def test_each_page_is_kept_for_a_minute(self, get, redis_service, path, caplog):
        first = get(path)
        for seconds in (0, 55):
            redis_service.advance(seconds)
            later = get(path)
            note = [record.exc_info[1] for record in caplog.records if record.exc_info]
            note = f"After {seconds} seconds. Flask-Caching caught {note}."
            assert (later.json, later.statements) == (first.json, []), note
        redis_service.advance(5)
        assert get(path).statements != [], "The answer is still kept after 60 seconds."

    @pytest.mark.parametrize(
        "category",
        ["None", "", "1", "all", "*", "TEA", "eat", "tea+", " tea ", "te%61", "ｔｅａ", f"{LONG}2"],
    )
    def test_each_category_has_a_list_of_its_own(self, get, stock, category):
        stock(("Sage", f"{LONG}1"))
        paths = [ALL, TEA, PAGE, f"/products?category={LONG}1"]
        assert {get(path).status_code for path in paths} == {200}
        lists = [get(path).names for path in (TEA, f"/products?category={quote(category)}")]
        assert lists == [TEAS, 404]

    def test_no_category_has_the_key_of_something_else(self, get, redis_service):
        assert {get(path).status_code for path in PAGES} == {200}
        for key in [key.decode(errors="replace") for key in redis_service.client().scan_iter()]:
            for category in {key[n:] for n in range(len(key))} - {"tea", "coffee"}:
                found = get(f"/products?category={quote(category)}").names
                assert found == 404, f"The category {category!r} got the answer of {key!r}."

    @pytest.mark.parametrize("path", [f"{TEA}&", "/products?", "/products/1?", f"{RECOMMENDED}?"])
    def test_what_the_view_does_not_read_makes_no_difference(self, get, path):
        first = get(path)
        second = get(f"{path}utm_source=mail", ADA if RECOMMENDED in path else BOB)
        assert (second.json, second.statements) == (first.json, [])

    def test_recommendations_are_for_one_customer_alone(self, get):
        found = [get(RECOMMENDED, headers) for headers in (ADA, BOB, {}, EVE, ADA)]
        assert [response.status_code for response in found] == [200, 200, 401, 401, 200]
        assert [found[n].json["for"] for n in (0, 1, 4)] == ["ada", "bob", "ada"]

    def test_customers_with_the_same_favorite_share_no_entry(self, get, exercise, monkeypatch):
        monkeypatch.setitem(exercise.TOKENS, "ada-7f3b", "amy")
        monkeypatch.setitem(exercise.FAVORITES, "amy", "tea")
        found = [get(RECOMMENDED, headers).json for headers in (ADA, AMY)]
        assert found == [{"for": who, "products": [ASSAM, DARJEELING]} for who in ("ada", "amy")]

    def test_a_401_is_not_kept(self, get, exercise, monkeypatch):
        assert get(RECOMMENDED, EVE).status_code == 401
        monkeypatch.setitem(exercise.TOKENS, "eve-0000", "eve")
        monkeypatch.setitem(exercise.FAVORITES, "eve", "tea")
        assert get(RECOMMENDED, EVE).status_code == 200

    @pytest.mark.parametrize("path", [HERBS, "/products/4"])
    def test_an_error_is_not_kept(self, get, stock, path):
        missing = get(path)
        stock(("Sage", "herbs"))
        assert (missing.status_code, get(path).status_code) == (404, 200)

    def test_no_visitor_gets_the_cookie_of_another(self, worker):
        first, second = worker.test_client(), worker.test_client()
        assert [each.get(PAGE).status_code for each in (first, second)] == [200, 200]
        assert first.get_cookie("visitor") != second.get_cookie("visitor")

    def test_a_new_visitor_gets_a_cookie_with_a_page_that_is_kept(self, get, worker):
        returning = [get(PAGE).headers.get("Set-Cookie") for _ in range(2)]
        assert returning == [None, None], "A visitor who has a cookie got another."
        for headers in ({}, ADA):
            visitor = worker.test_client()
            visitor.get(PAGE, headers=headers)
            assert visitor.get_cookie("visitor"), "The page came from the cache, without a cookie."


class TestStep3AWriteIsSeenAtOnce:
    @pytest.mark.parametrize("category", ["coffee", "tea", "crème & sugar"])
    def test_the_lists_and_the_page_show_the_change(
        self, get, put, worker, make_worker, redis_service, stock, category
    ):
        stock(("Sencha", category))
        moved, left = f"/products?category={quote(category)}", "Darjeeling"
        firsts = {TEA: left, moved: "Arabica", ALL: "Arabica"}  # If it stays, it leaves no list.
        workers = (worker, make_worker())
        for path in (*firsts, PAGE):
            assert [get(path, worker=each).status_code for each in workers] == [200, 200]
        changed = put(category)
        assert changed.json == {"id": 1, "name": "Arabica", "category": category, "reviews": 2}
        for each in workers:
            assert {path: get(path, worker=each).names[0] for path in firsts} == firsts
            assert get(PAGE, worker=each).json == changed.json
        redis_service.advance(60)
        assert get(PAGE).statements != [], "The page is still kept after 60 seconds."

    def test_a_new_category_with_the_old_name_is_a_change(self, get, put):
        assert (get(TEA).names, get(COFFEE).names, get(PAGE).json) == (TEAS, ["Mocha"], ASSAM)
        changed = put("coffee", name="Assam")
        assert (get(TEA).names, get(COFFEE).names) == (["Darjeeling"], ["Assam", "Mocha"])
        assert get(PAGE).json == changed.json

    @pytest.mark.parametrize(("read", "written"), [("01", "1"), ("1", "001")])
    def test_every_address_of_the_page_shows_the_change(self, get, put, read, written):
        assert get(f"/products/{read}").json == ASSAM
        changed = put(path=f"/products/{written}")
        assert (changed.status_code, get(f"/products/{read}").json) == (200, changed.json)

    @pytest.mark.parametrize("path", [HERBS, TEAPOTS, "/products/11", RECOMMENDED])
    def test_all_other_entries_stay(self, get, put, stock, path):
        stock(*[("Sage", "herbs")] * 8, ("Pot", "teapots"))
        kept, changed, after = get(path, BOB), put(), get(path, BOB)
        assert (changed.status_code, after.json, after.statements) == (200, kept.json, [])

    @pytest.mark.parametrize("path", [ALL, TEA, COFFEE, PAGE])
    def test_a_read_just_before_the_commit_does_no_harm(
        self, get, put, meanwhile, redis_service, path
    ):
        answers = meanwhile("COMMIT", path)
        assert (put().status_code, len(answers)) == (200, 1)
        after = get(path).json
        redis_service.client().flushdb()
        assert after == get(path).json, "What was read before the commit is still cached."


class TestStep4FewStatements:
    @pytest.mark.parametrize(
        ("path", "first"),
        [
            (ALL, ["1: 2 reviews", "2: 0 reviews", "3: 0 reviews"]),
            (TEA, ["1: 2 reviews", "2: 0 reviews", "4: 0 reviews"]),
            (RECOMMENDED, ["1: 2 reviews", "23: 1 reviews", "2: 0 reviews"]),
        ],
    )
    def test_a_long_list_takes_at_most_three(self, get, stock, path, first):
        stock(*[("Oolong", "tea")] * 40)
        stock(reviewed=23)
        response = get(path)
        products = response.json["products"] if path == RECOMMENDED else response.json
        found = [f"{product['id']}: {product['reviews']} reviews" for product in products[:3]]
        assert (found, len(products)) == (first, {ALL: 43, TEA: 42, RECOMMENDED: 3}[path])
        assert 0 < len(response.statements) <= 3
