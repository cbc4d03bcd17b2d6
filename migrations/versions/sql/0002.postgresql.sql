-- Ceremonies, contributions to the seed, void requests and replacements are not changed. One statement a line, as revision 0002 runs them.

CREATE FUNCTION ceremony_kept_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'ceremony_kept' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN OLD; END $$

CREATE TRIGGER ceremony_kept_delete BEFORE DELETE ON ceremony FOR EACH ROW EXECUTE FUNCTION ceremony_kept_delete()

CREATE FUNCTION ceremony_fixed_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.voided_at IS NOT NULL OR NEW.plan_digest <> OLD.plan_digest OR NEW.frame_id <> OLD.frame_id OR CAST(NEW.plan AS TEXT) <> CAST(OLD.plan AS TEXT) OR (OLD.closed_at IS NOT NULL AND (NEW.closed_at IS NULL OR NEW.closed_at <> OLD.closed_at)) THEN RAISE EXCEPTION 'ceremony_fixed' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER ceremony_fixed_update BEFORE UPDATE ON ceremony FOR EACH ROW EXECUTE FUNCTION ceremony_fixed_update()

CREATE FUNCTION ceremony_void_confirmed_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.voided_at IS NULL AND NEW.voided_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM void_request WHERE void_request.ceremony_id = OLD.id AND void_request.confirmed_at IS NOT NULL) THEN RAISE EXCEPTION 'ceremony_void_confirmed' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER ceremony_void_confirmed_update BEFORE UPDATE ON ceremony FOR EACH ROW EXECUTE FUNCTION ceremony_void_confirmed_update()

CREATE FUNCTION draw_void_confirmed_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.voided_at IS NULL AND NEW.voided_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM void_request WHERE void_request.ceremony_id = OLD.ceremony_id AND void_request.confirmed_at IS NOT NULL) THEN RAISE EXCEPTION 'draw_void_confirmed' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER draw_void_confirmed_update BEFORE UPDATE ON draw FOR EACH ROW EXECUTE FUNCTION draw_void_confirmed_update()

CREATE FUNCTION seed_contribution_kept_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'seed_contribution_kept' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN OLD; END $$

CREATE TRIGGER seed_contribution_kept_delete BEFORE DELETE ON seed_contribution FOR EACH ROW EXECUTE FUNCTION seed_contribution_kept_delete()

CREATE FUNCTION seed_contribution_late_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT closed_at FROM ceremony WHERE ceremony.id = NEW.ceremony_id) IS NOT NULL THEN RAISE EXCEPTION 'seed_contribution_late' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER seed_contribution_late_insert BEFORE INSERT ON seed_contribution FOR EACH ROW EXECUTE FUNCTION seed_contribution_late_insert()

CREATE FUNCTION seed_contribution_fixed_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.ceremony_id <> OLD.ceremony_id OR NEW.place <> OLD.place OR NEW.name <> OLD.name OR NEW.kind <> OLD.kind OR NEW.source <> OLD.source OR ((SELECT closed_at FROM ceremony WHERE ceremony.id = OLD.ceremony_id) IS NULL AND NEW.value IS NOT NULL) OR ((SELECT closed_at FROM ceremony WHERE ceremony.id = OLD.ceremony_id) IS NOT NULL AND (COALESCE(NEW.commitment, '') <> COALESCE(OLD.commitment, '') OR (OLD.value IS NOT NULL AND COALESCE(NEW.value, '') <> OLD.value))) THEN RAISE EXCEPTION 'seed_contribution_fixed' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER seed_contribution_fixed_update BEFORE UPDATE ON seed_contribution FOR EACH ROW EXECUTE FUNCTION seed_contribution_fixed_update()

CREATE FUNCTION void_request_kept_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'void_request_kept' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN OLD; END $$

CREATE TRIGGER void_request_kept_delete BEFORE DELETE ON void_request FOR EACH ROW EXECUTE FUNCTION void_request_kept_delete()

CREATE FUNCTION replacement_kept_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'replacement_kept' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER replacement_kept_update BEFORE UPDATE ON replacement FOR EACH ROW EXECUTE FUNCTION replacement_kept_update()

CREATE FUNCTION replacement_kept_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'replacement_kept' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN OLD; END $$

CREATE TRIGGER replacement_kept_delete BEFORE DELETE ON replacement FOR EACH ROW EXECUTE FUNCTION replacement_kept_delete()

CREATE FUNCTION replacement_of_final_case_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT EXISTS (SELECT 1 FROM cases WHERE cases.id = NEW.replaces_case_id AND cases.outcome_final AND cases.outcome = NEW.outcome) THEN RAISE EXCEPTION 'replacement_of_final_case' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER replacement_of_final_case_insert BEFORE INSERT ON replacement FOR EACH ROW EXECUTE FUNCTION replacement_of_final_case_insert()
