-- Audit events, documents, settlements, sealed frames and draws are not changed. One statement a line, as revision 0001 runs them.

CREATE FUNCTION audit_event_append_only_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'audit_event_append_only' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER audit_event_append_only_update BEFORE UPDATE ON audit_event FOR EACH ROW EXECUTE FUNCTION audit_event_append_only_update()

CREATE FUNCTION audit_event_append_only_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'audit_event_append_only' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN OLD; END $$

CREATE TRIGGER audit_event_append_only_delete BEFORE DELETE ON audit_event FOR EACH ROW EXECUTE FUNCTION audit_event_append_only_delete()

CREATE FUNCTION document_immutable_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'document_immutable' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER document_immutable_update BEFORE UPDATE ON document FOR EACH ROW EXECUTE FUNCTION document_immutable_update()

CREATE FUNCTION document_immutable_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'document_immutable' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN OLD; END $$

CREATE TRIGGER document_immutable_delete BEFORE DELETE ON document FOR EACH ROW EXECUTE FUNCTION document_immutable_delete()

CREATE FUNCTION settlement_immutable_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'settlement_immutable' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER settlement_immutable_update BEFORE UPDATE ON settlement FOR EACH ROW EXECUTE FUNCTION settlement_immutable_update()

CREATE FUNCTION settlement_immutable_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'settlement_immutable' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN OLD; END $$

CREATE TRIGGER settlement_immutable_delete BEFORE DELETE ON settlement FOR EACH ROW EXECUTE FUNCTION settlement_immutable_delete()

CREATE FUNCTION frame_sealed_update_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.sealed_at IS NOT NULL THEN RAISE EXCEPTION 'frame_sealed_update' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER frame_sealed_update_update BEFORE UPDATE ON frame FOR EACH ROW EXECUTE FUNCTION frame_sealed_update_update()

CREATE FUNCTION frame_sealed_delete_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.sealed_at IS NOT NULL THEN RAISE EXCEPTION 'frame_sealed_delete' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN OLD; END $$

CREATE TRIGGER frame_sealed_delete_delete BEFORE DELETE ON frame FOR EACH ROW EXECUTE FUNCTION frame_sealed_delete_delete()

CREATE FUNCTION recipient_sealed_insert_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT sealed_at FROM frame WHERE frame.id = NEW.frame_id) IS NOT NULL THEN RAISE EXCEPTION 'recipient_sealed_insert' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER recipient_sealed_insert_insert BEFORE INSERT ON recipient FOR EACH ROW EXECUTE FUNCTION recipient_sealed_insert_insert()

CREATE FUNCTION recipient_sealed_change_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT sealed_at FROM frame WHERE frame.id = OLD.frame_id) IS NOT NULL THEN RAISE EXCEPTION 'recipient_sealed_change' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER recipient_sealed_change_update BEFORE UPDATE ON recipient FOR EACH ROW EXECUTE FUNCTION recipient_sealed_change_update()

CREATE FUNCTION recipient_sealed_change_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT sealed_at FROM frame WHERE frame.id = OLD.frame_id) IS NOT NULL THEN RAISE EXCEPTION 'recipient_sealed_change' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN OLD; END $$

CREATE TRIGGER recipient_sealed_change_delete BEFORE DELETE ON recipient FOR EACH ROW EXECUTE FUNCTION recipient_sealed_change_delete()

CREATE FUNCTION draw_kept_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'draw_kept' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN OLD; END $$

CREATE TRIGGER draw_kept_delete BEFORE DELETE ON draw FOR EACH ROW EXECUTE FUNCTION draw_kept_delete()

CREATE FUNCTION draw_only_voided_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.voided_at IS NOT NULL OR NEW.seed <> OLD.seed OR NEW.size <> OLD.size OR NEW.population <> OLD.population OR NEW.frame_id <> OLD.frame_id OR NEW.certificate_digest <> OLD.certificate_digest OR CAST(NEW.certificate AS TEXT) <> CAST(OLD.certificate AS TEXT) THEN RAISE EXCEPTION 'draw_only_voided' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER draw_only_voided_update BEFORE UPDATE ON draw FOR EACH ROW EXECUTE FUNCTION draw_only_voided_update()
