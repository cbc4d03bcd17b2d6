-- A refusal is final; who opened a minor's contacts is not changed. One statement a line, as revision 0006 runs them.

CREATE FUNCTION case_refused_for_good_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.outcome = 'R1' AND OLD.outcome_final AND (NEW.outcome IS NULL OR NEW.outcome <> 'R1' OR NOT NEW.outcome_final) THEN RAISE EXCEPTION 'case_refused_for_good' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER case_refused_for_good_update BEFORE UPDATE ON cases FOR EACH ROW EXECUTE FUNCTION case_refused_for_good_update()

CREATE FUNCTION phone_call_of_refused_case_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM cases WHERE cases.id = NEW.case_id AND cases.outcome = 'R1' AND cases.outcome_final) THEN RAISE EXCEPTION 'phone_call_of_refused_case' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER phone_call_of_refused_case_insert BEFORE INSERT ON phone_call FOR EACH ROW EXECUTE FUNCTION phone_call_of_refused_case_insert()

CREATE FUNCTION appointment_of_refused_case_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM cases WHERE cases.id = NEW.case_id AND cases.outcome = 'R1' AND cases.outcome_final) THEN RAISE EXCEPTION 'appointment_of_refused_case' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER appointment_of_refused_case_insert BEFORE INSERT ON appointment FOR EACH ROW EXECUTE FUNCTION appointment_of_refused_case_insert()

CREATE FUNCTION invitation_of_refused_case_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM cases WHERE cases.id = NEW.case_id AND cases.outcome = 'R1' AND cases.outcome_final) THEN RAISE EXCEPTION 'invitation_of_refused_case' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER invitation_of_refused_case_insert BEFORE INSERT ON invitation FOR EACH ROW EXECUTE FUNCTION invitation_of_refused_case_insert()

CREATE FUNCTION evaluation_outcomes_settled_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM settlement WHERE settlement.evaluation_id = OLD.id) AND COALESCE(NEW.outcomes_id, 0) <> COALESCE(OLD.outcomes_id, 0) THEN RAISE EXCEPTION 'evaluation_outcomes_settled' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER evaluation_outcomes_settled_update BEFORE UPDATE ON evaluation FOR EACH ROW EXECUTE FUNCTION evaluation_outcomes_settled_update()

CREATE FUNCTION minor_opening_kept_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'minor_opening_kept' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER minor_opening_kept_update BEFORE UPDATE ON minor_opening FOR EACH ROW EXECUTE FUNCTION minor_opening_kept_update()

CREATE FUNCTION minor_opening_kept_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'minor_opening_kept' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN OLD; END $$

CREATE TRIGGER minor_opening_kept_delete BEFORE DELETE ON minor_opening FOR EACH ROW EXECUTE FUNCTION minor_opening_kept_delete()
