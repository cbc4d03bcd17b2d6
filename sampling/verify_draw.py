"""Re-check the certificate of a draw with nothing but Python 3.10+: python verify_draw.py certificate.json [frame.txt]
It does again what certificate.md defines, whose sections stand in brackets below, and names every check that fails.
Without the frame nobody can know whether the smallest tickets of the whole list were taken."""
import bisect, hashlib, json, math, re, sys
CONTROL = "\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"
CODE = f"(?!(?:all|general)[|])([^{CONTROL} /~|\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]{{1,40}})"
LINE = f"([0-9a-f]{{32}})[|]{CODE}[|]{CODE}[|]((?:(?:0[1-9]|1[0-7])(?:,(?=[01])|(?=[|])))*)[|](|listed|drawn)"
FACTORS = ["area", "village", "group", "priority"]
GROUPS = {"child": "07 08", "elder": "11 12 13 14 15 16 17", "disabled": "05", "poor": "01 02 03 04 06 09 10"}
def sha256(text): return hashlib.sha256(text.encode()).hexdigest()
def canonical(value): return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
def plain(text): return 0 < len(text) <= 200 and "|" not in text and text == text.strip(" \xa0\u3000")
def people_in(rows): return sum(row["population"] for row in rows)
def once(pairs): return dict(pairs) if len(dict(pairs)) == len(pairs) else {}  # a field twice: no shape at all
# [6] What each field must look like: regular expressions over its canonical JSON.
def one(*words): return '"(?:' + "|".join(words) + ')"'
def many(kind): return rf"\[(?:{kind}(?:,{kind})*)?\]"
def obj(**kinds): return "[{]" + ",".join(f'"{name}":{kinds[name]}' for name in sorted(kinds)) + "[}]"
N, FLAG, TEXT = "(?:1000000000|[0-9]{1,9})", "(?:true|false)", f'"(?:[^"\\\\{CONTROL}]|\\\\["\\\\]){{0,400}}"'
POSITIVE, HEX, KEY = f"(?!0){N}", '"[0-9a-f]{64}"', '"[0-9a-f]{32}"'
SHAPE = {
    "algorithm": one("ticket-sha256-1"), "digest": HEX, "drawn_at": TEXT, "evaluation": TEXT, "register": HEX,
    "format": one("draw-certificate-2"), "frame": obj(fingerprint=HEX, form=one("frame-2"), people=N, priority=N),
    "plan": obj(area_minimum=N, block=POSITIVE, general=N, minimum=N, size=POSITIVE, strata=many(one(*FACTORS)),
                method=one("proportional", "equal", "neyman", "power"), overlap="(?:null|100|[0-9]{1,2})",
                protocol=one("block", "one_for_one", "supervisor", "none"),
                spread=f"[{{](?:{TEXT}:{POSITIVE}(?:,(?=\")|(?=[}}])))*[}}]"),
    "replacements": many(obj(at=TEXT, key=KEY, outcome=TEXT, queue=TEXT, replaces=KEY, stratum=TEXT, ticket=HEX)),
    "rule": obj(full_coverage=FLAG, population=N, reading=one("priority", "everyone"), required=N),
    "seed": obj(join=one("seed-join-1"), value=HEX, contributions=many(
        obj(name=TEXT, kind=one("committed", "public", "system"), source=TEXT, commitment=TEXT, value=TEXT))),
    "strata": many(obj(allocated=N, area=TEXT, part=one("main", "general"), population=N, stratum=TEXT, queues=many(
        obj(allocated=N, drawn=many(obj(key=KEY, ticket=HEX)), population=N, queue=TEXT)))),
    "voided": many(obj(at=TEXT, digest=TEXT, reason=TEXT))}
def misshapen(c):
    if not isinstance(c, dict) or set(c) != set(SHAPE): return ["fields"]
    if wrong := [name for name in SHAPE if not re.fullmatch(SHAPE[name], canonical(c[name]))]: return wrong
    p = c["plan"]  # [2]
    fits = p["strata"] == [f for f in FACTORS if f in p["strata"]] and all(map(plain, p["spread"])) and (
        p["block"] == 1 or p["protocol"] == "block") and (p["method"] == "neyman" or not p["spread"]) and (
        not p["area_minimum"] or {"area", "village"} & set(p["strata"]))
    return [] if fits else ["plan"]
def share(total, items):  # [4] items: code -> (people, weight, floor, cap)
    fixed = {}
    while True:
        free = {code: item for code, item in items.items() if code not in fixed}
        rest, weights = total - sum(fixed.values()), sum(item[1] for item in free.values())
        lacking = sum(max(0, low * weights - w * rest) for _, w, low, _ in free.values())
        beyond = sum(max(0, w * rest - high * weights) for _, w, _, high in free.values())
        if lacking == beyond == 0: break
        for code, (_, w, low, high) in free.items():
            if lacking >= beyond and w * rest < low * weights: fixed[code] = low
            if lacking < beyond and w * rest > high * weights: fixed[code] = high
    shares = {code: item[1] * rest // weights for code, item in free.items()}
    order = sorted(free, key=lambda code: (-(free[code][1] * rest % weights), -free[code][0], code))
    for code in order[:rest - sum(shares.values())]: shares[code] += 1
    return {**fixed, **shares}
def allocate(plan, rows, total, of_area):  # [4] how many people each of these strata gives
    weigh = {"proportional": lambda s: s["population"], "power": lambda s: math.isqrt(s["population"] * 10**12),
             "equal": lambda s: 1, "neyman": lambda s: s["population"] * plan["spread"][s["stratum"]]}[plan["method"]]
    area = {s["area"]: people_in(t for t in rows if t["area"] == s["area"]) for s in rows}
    def floors(m, q): return [min(s["population"], max(m, -(-q * s["population"] // area[s["area"]]))) for s in rows]
    def most(wanted, fits): return bisect.bisect_left(range(wanted + 1), True, key=lambda n: sum(fits(n)) > total) - 1
    low = floors(m := most(plan["minimum"], lambda m: floors(m, 0)), most(of_area, lambda q: floors(m, q)))
    return share(total, {s["stratum"]: (s["population"], weigh(s), a, s["population"]) for s, a in zip(rows, low)})
def by_queue(overlap, n, people):  # [4] people: of each queue
    if overlap is None: return [n]
    drawn, listed, new, total = *people, sum(people)
    of_new = min(new, max(n - drawn - listed, (2 * n * new + total) // (2 * total)))
    of_listed = min(listed, n - of_new - min(drawn, ((n - of_new) * overlap + 50) // 100))
    return [n - of_new - of_listed, of_listed, of_new]
def read_frame(data):  # [1]
    lines = data.decode().split("\n")
    people = [re.fullmatch(LINE, line).groups() for line in lines[1:-2]]
    keys, carried, areas = [p[0] for p in people], [p[3].split(",") for p in people], {p[1]: p[2] for p in people}
    sound = all(codes == sorted(set(codes)) for codes in [keys, *carried]) and all(areas[p[1]] == p[2] for p in people)
    if not sound or [lines[0], *lines[-2:]] != ["frame-2", f"people {len(people)}", ""]: raise ValueError
    return people
def place_of(c, person):  # [3] stratum, queue, area and part of a person
    _, village, area, categories, last = person
    main, factors = c["rule"]["reading"] == "everyone" or categories != "", c["plan"]["strata"]
    if not main and not c["plan"]["general"]: return None
    group = next((name for name, codes in GROUPS.items() if set(codes.split()) & set(categories.split(","))), "general")
    value = {"area": area, "village": village, "group": group, "priority": "priority" if categories else "general"}
    code = "/".join(["general"] * (not main) + [value[f] for f in factors if main or f in FACTORS[:2]]) or "all"
    queue = "all" if c["plan"]["overlap"] is None else last or "new"
    return code, queue, area if set(FACTORS[:2]) & set(factors) else "", "main" if main else "general"
def check(c, frame=None):  # [7] the checks that fail, each with a place; frame: the bytes of frame.txt
    if wrong := misshapen(c): return [("shape", where) for where in wrong]
    p, f, rule, strata, seed = (c[name] for name in ("plan", "frame", "rule", "strata", "seed"))
    found, released, given = [], c["replacements"], seed["contributions"]
    def test(name, holds, where): found.extend([] if holds else [(name, where)])
    content = {name: c[name] for name in c if name not in ("digest", "register", "replacements")}
    test("digest", c["digest"] == sha256(canonical(content)), "digest")
    test("register", c["register"] == sha256(canonical({"digest": c["digest"], "replacements": released})), "register")
    others, n = f["people"] - f["priority"], f["priority" if rule["reading"] == "priority" else "people"]
    test("rule", [rule["population"], rule["required"], rule["full_coverage"]] == [n, min(n, 100), n <= 100], "rule")
    test("rule", p["general"] <= others * (rule["reading"] == "priority"), "plan.general")
    test("rule", n > 0 <= others and min(n, 100) <= p["size"] <= n, "plan.size")
    codes, queues = [s["stratum"] for s in strata], ["all"] if p["overlap"] is None else ["drawn", "listed", "new"]
    test("strata", codes == sorted(set(codes)) and (p["method"] != "neyman" or set(p["spread"]) == set(codes)), "codes")
    for s in strata: test("strata", s["population"] == people_in(s["queues"]) > 0, s["stratum"])
    test("strata", all([q["queue"] for q in s["queues"]] == queues for s in strata), "queues")
    main, general = ([s for s in strata if s["part"] == part] for part in ("main", "general"))
    test("strata", [people_in(main), people_in(general)] == [rule["population"], others * (p["general"] > 0)], "sums")
    if not {"rule", "strata"} & {name for name, _ in found}:
        shares = allocate(p, main, p["size"], p["area_minimum"]) | allocate(p, general, p["general"], 0)
        for s, share_of in ((s, shares[s["stratum"]]) for s in strata):
            of = by_queue(p["overlap"], share_of, [q["population"] for q in s["queues"]])
            drawn = all(q["allocated"] == len(q["drawn"]) == n for q, n in zip(s["queues"], of))
            test("allocation", drawn and s["allocated"] == share_of, s["stratum"])
    head, told = f"{f['fingerprint']}\n{sha256(canonical(p))}\n", "".join(f"{g['name']}\t{g['value']}\n" for g in given)
    for g in given:  # [5]
        promise = "" if g["kind"] == "public" else sha256(f"seed-commitment-1\n{head}{g['name']}\n{g['value']}")
        test("seed", all(plain(g[x]) for x in ("name", "source", "value")) and g["commitment"] == promise, g["name"])
    names, kinds = {g["name"] for g in given}, [g["kind"] for g in given]
    test("seed", len(names) == len(given) <= 20 and ("public" in kinds or kinds.count("committed") > 1), "parties")
    test("seed", seed["value"] == sha256(f"seed-join-1\n{head}{told}"), "value")
    size = {(s["stratum"], q["queue"]): q["population"] for s in strata for q in s["queues"]}
    sample = [((s["stratum"], q["queue"]), one) for s in strata for q in s["queues"] for one in q["drawn"]]
    lines, stands, replaced = {place: [] for place in size}, {}, set()
    for i, (place, one) in enumerate(sample + [((r["stratum"], r["queue"]), r) for r in released]):
        line, here, old = lines.setdefault(place, []), (one["ticket"], one["key"]), one.get("replaces")
        test("tickets", here[0] == sha256(f"{seed['value']}|{here[1]}"), here[1])
        test("tickets", here[1] not in stands and [here] > line[-1:], here[1])
        may = stands.get(old) == place and old not in replaced and len(line) < size.get(place, 0)
        test("replacements", i < len(sample) or may and p["protocol"] != "none", here[1])
        line.append(here), replaced.add(old), stands.setdefault(here[1], place)
    if frame is None: return found
    try: people = read_frame(frame)
    except (ValueError, AttributeError): return found + [("frame", "frame.txt")]
    test("frame", f["fingerprint"] == hashlib.sha256(frame).hexdigest(), "fingerprint")
    test("frame", [f["people"], f["priority"]] == [len(people), sum(person[3] != "" for person in people)], "numbers")
    order = {}
    for person in people:
        order.setdefault(place_of(c, person), []).append((sha256(f"{seed['value']}|{person[0]}"), person[0]))
    stated = {(s["stratum"], q["queue"], s["area"], s["part"]): q["population"] for s in strata for q in s["queues"]}
    test("frame", {w: n for w, n in stated.items() if n} == {w: len(o) for w, o in order.items() if w}, "strata")
    first = {where[:2]: [key for _, key in sorted(o)] for where, o in order.items() if where}
    for place, line in lines.items():
        test("frame", first.get(place, [])[:len(line)] == [key for _, key in line], "/".join(place))
    return found
if __name__ == "__main__":
    try:
        text, *frame = (open(name, "rb").read() for name in sys.argv[1:3])
        found = check(json.loads(text, object_pairs_hook=once), *frame)
    except (OSError, ValueError, RecursionError) as error: sys.exit(f"读不出文件：{error}")
    print(*(f"{name}：{where}" for name, where in found), "不一致。" if found else "一致。", sep="\n")
    sys.exit(bool(found))
