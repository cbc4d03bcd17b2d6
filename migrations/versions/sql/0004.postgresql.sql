-- What a settled result was made from is not changed. One statement a line, as revision 0004 runs them.

CREATE FUNCTION party_score_settled_insert_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM settlement WHERE settlement.evaluation_id = NEW.evaluation_id) THEN RAISE EXCEPTION 'party_score_settled_insert' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER party_score_settled_insert_insert BEFORE INSERT ON party_score FOR EACH ROW EXECUTE FUNCTION party_score_settled_insert_insert()

CREATE FUNCTION party_score_settled_change_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM settlement WHERE settlement.evaluation_id = OLD.evaluation_id) THEN RAISE EXCEPTION 'party_score_settled_change' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER party_score_settled_change_update BEFORE UPDATE ON party_score FOR EACH ROW EXECUTE FUNCTION party_score_settled_change_update()

CREATE FUNCTION party_score_settled_change_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM settlement WHERE settlement.evaluation_id = OLD.evaluation_id) THEN RAISE EXCEPTION 'party_score_settled_change' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN OLD; END $$

CREATE TRIGGER party_score_settled_change_delete BEFORE DELETE ON party_score FOR EACH ROW EXECUTE FUNCTION party_score_settled_change_delete()

CREATE FUNCTION station_fact_settled_insert_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM settlement WHERE settlement.evaluation_id = NEW.evaluation_id) THEN RAISE EXCEPTION 'station_fact_settled_insert' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER station_fact_settled_insert_insert BEFORE INSERT ON station_fact FOR EACH ROW EXECUTE FUNCTION station_fact_settled_insert_insert()

CREATE FUNCTION station_fact_settled_change_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM settlement WHERE settlement.evaluation_id = OLD.evaluation_id) THEN RAISE EXCEPTION 'station_fact_settled_change' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER station_fact_settled_change_update BEFORE UPDATE ON station_fact FOR EACH ROW EXECUTE FUNCTION station_fact_settled_change_update()

CREATE FUNCTION station_fact_settled_change_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM settlement WHERE settlement.evaluation_id = OLD.evaluation_id) THEN RAISE EXCEPTION 'station_fact_settled_change' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN OLD; END $$

CREATE TRIGGER station_fact_settled_change_delete BEFORE DELETE ON station_fact FOR EACH ROW EXECUTE FUNCTION station_fact_settled_change_delete()

CREATE FUNCTION score_override_settled_insert_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM settlement WHERE settlement.evaluation_id = NEW.evaluation_id) THEN RAISE EXCEPTION 'score_override_settled_insert' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER score_override_settled_insert_insert BEFORE INSERT ON score_override FOR EACH ROW EXECUTE FUNCTION score_override_settled_insert_insert()

CREATE FUNCTION score_override_settled_change_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM settlement WHERE settlement.evaluation_id = OLD.evaluation_id) THEN RAISE EXCEPTION 'score_override_settled_change' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER score_override_settled_change_update BEFORE UPDATE ON score_override FOR EACH ROW EXECUTE FUNCTION score_override_settled_change_update()

CREATE FUNCTION score_override_settled_change_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM settlement WHERE settlement.evaluation_id = OLD.evaluation_id) THEN RAISE EXCEPTION 'score_override_settled_change' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN OLD; END $$

CREATE TRIGGER score_override_settled_change_delete BEFORE DELETE ON score_override FOR EACH ROW EXECUTE FUNCTION score_override_settled_change_delete()

CREATE FUNCTION evaluation_settled_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM settlement WHERE settlement.evaluation_id = OLD.id) AND (NEW.scheme_id <> OLD.scheme_id OR NEW.questionnaire_id <> OLD.questionnaire_id OR NEW.stage <> OLD.stage OR NEW.reading <> OLD.reading) THEN RAISE EXCEPTION 'evaluation_settled' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER evaluation_settled_update BEFORE UPDATE ON evaluation FOR EACH ROW EXECUTE FUNCTION evaluation_settled_update()
