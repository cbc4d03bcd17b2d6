-- The erasure is let through, and nothing about people comes in after it. One statement a line, as revision 0011 runs them.

DROP TRIGGER audit_event_append_only_update ON audit_event

DROP FUNCTION audit_event_append_only_update()

DROP TRIGGER recipient_sealed_change_update ON recipient

DROP FUNCTION recipient_sealed_change_update()

DROP TRIGGER minor_opening_kept_update ON minor_opening

DROP FUNCTION minor_opening_kept_update()

CREATE FUNCTION audit_event_append_only_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.words IS NOT NULL OR NOT EXISTS (SELECT 1 FROM erasure WHERE erasure.evaluation_id = OLD.evaluation_id) OR COALESCE(CAST(NEW.id AS TEXT), '') <> COALESCE(CAST(OLD.id AS TEXT), '') OR COALESCE(CAST(NEW.at AS TEXT), '') <> COALESCE(CAST(OLD.at AS TEXT), '') OR COALESCE(CAST(NEW.actor_id AS TEXT), '') <> COALESCE(CAST(OLD.actor_id AS TEXT), '') OR COALESCE(CAST(NEW.evaluation_id AS TEXT), '') <> COALESCE(CAST(OLD.evaluation_id AS TEXT), '') OR COALESCE(CAST(NEW.action AS TEXT), '') <> COALESCE(CAST(OLD.action AS TEXT), '') OR COALESCE(CAST(NEW.subject AS TEXT), '') <> COALESCE(CAST(OLD.subject AS TEXT), '') OR COALESCE(CAST(NEW.details AS TEXT), '') <> COALESCE(CAST(OLD.details AS TEXT), '') OR COALESCE(CAST(NEW.previous AS TEXT), '') <> COALESCE(CAST(OLD.previous AS TEXT), '') OR COALESCE(CAST(NEW.hash AS TEXT), '') <> COALESCE(CAST(OLD.hash AS TEXT), '') THEN RAISE EXCEPTION 'audit_event_append_only' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER audit_event_append_only_update BEFORE UPDATE ON audit_event FOR EACH ROW EXECUTE FUNCTION audit_event_append_only_update()

CREATE FUNCTION recipient_sealed_change_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT sealed_at FROM frame WHERE frame.id = OLD.frame_id) IS NOT NULL AND (NEW.birth_year IS NOT NULL OR NOT EXISTS (SELECT 1 FROM frame JOIN erasure ON erasure.evaluation_id = frame.evaluation_id WHERE frame.id = OLD.frame_id) OR COALESCE(CAST(NEW.id AS TEXT), '') <> COALESCE(CAST(OLD.id AS TEXT), '') OR COALESCE(CAST(NEW.frame_id AS TEXT), '') <> COALESCE(CAST(OLD.frame_id AS TEXT), '') OR COALESCE(CAST(NEW.key AS TEXT), '') <> COALESCE(CAST(OLD.key AS TEXT), '') OR COALESCE(CAST(NEW.village_id AS TEXT), '') <> COALESCE(CAST(OLD.village_id AS TEXT), '') OR COALESCE(CAST(NEW.categories AS TEXT), '') <> COALESCE(CAST(OLD.categories AS TEXT), '') OR COALESCE(CAST(NEW.priority AS TEXT), '') <> COALESCE(CAST(OLD.priority AS TEXT), '') OR COALESCE(CAST(NEW.last AS TEXT), '') <> COALESCE(CAST(OLD.last AS TEXT), '')) THEN RAISE EXCEPTION 'recipient_sealed_change' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER recipient_sealed_change_update BEFORE UPDATE ON recipient FOR EACH ROW EXECUTE FUNCTION recipient_sealed_change_update()

CREATE FUNCTION minor_opening_kept_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.reason <> '已按期删除' OR NOT EXISTS (SELECT 1 FROM cases JOIN draw ON draw.id = cases.draw_id JOIN erasure ON erasure.evaluation_id = draw.evaluation_id WHERE cases.id = OLD.case_id) OR COALESCE(CAST(NEW.id AS TEXT), '') <> COALESCE(CAST(OLD.id AS TEXT), '') OR COALESCE(CAST(NEW.case_id AS TEXT), '') <> COALESCE(CAST(OLD.case_id AS TEXT), '') OR COALESCE(CAST(NEW.user_id AS TEXT), '') <> COALESCE(CAST(OLD.user_id AS TEXT), '') OR COALESCE(CAST(NEW.at AS TEXT), '') <> COALESCE(CAST(OLD.at AS TEXT), '') THEN RAISE EXCEPTION 'minor_opening_kept' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER minor_opening_kept_update BEFORE UPDATE ON minor_opening FOR EACH ROW EXECUTE FUNCTION minor_opening_kept_update()

CREATE FUNCTION erasure_kept_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'erasure_kept' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER erasure_kept_update BEFORE UPDATE ON erasure FOR EACH ROW EXECUTE FUNCTION erasure_kept_update()

CREATE FUNCTION erasure_kept_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'erasure_kept' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN OLD; END $$

CREATE TRIGGER erasure_kept_delete BEFORE DELETE ON erasure FOR EACH ROW EXECUTE FUNCTION erasure_kept_delete()

CREATE FUNCTION erasure_too_early_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.erased_on <= (SELECT keep_until FROM evaluation WHERE evaluation.id = NEW.evaluation_id) THEN RAISE EXCEPTION 'erasure_too_early' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER erasure_too_early_insert BEFORE INSERT ON erasure FOR EACH ROW EXECUTE FUNCTION erasure_too_early_insert()

CREATE FUNCTION evaluation_kept_no_longer_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (NEW.keep_until > OLD.keep_until AND EXISTS (SELECT 1 FROM cases JOIN draw ON draw.id = cases.draw_id WHERE draw.evaluation_id = OLD.id AND (EXISTS (SELECT 1 FROM attempt WHERE attempt.case_id = cases.id) OR EXISTS (SELECT 1 FROM phone_call WHERE phone_call.case_id = cases.id) OR EXISTS (SELECT 1 FROM invitation WHERE invitation.case_id = cases.id) OR EXISTS (SELECT 1 FROM draft WHERE draft.case_id = cases.id) OR EXISTS (SELECT 1 FROM response WHERE response.case_id = cases.id)))) OR (NEW.keep_until <> OLD.keep_until AND EXISTS (SELECT 1 FROM erasure WHERE erasure.evaluation_id = OLD.id)) THEN RAISE EXCEPTION 'evaluation_kept_no_longer' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER evaluation_kept_no_longer_update BEFORE UPDATE ON evaluation FOR EACH ROW EXECUTE FUNCTION evaluation_kept_no_longer_update()

CREATE FUNCTION attempt_after_erasure_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM cases JOIN draw ON draw.id = cases.draw_id JOIN erasure ON erasure.evaluation_id = draw.evaluation_id WHERE cases.id = NEW.case_id) THEN RAISE EXCEPTION 'attempt_after_erasure' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER attempt_after_erasure_insert BEFORE INSERT ON attempt FOR EACH ROW EXECUTE FUNCTION attempt_after_erasure_insert()

CREATE FUNCTION phone_call_after_erasure_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM cases JOIN draw ON draw.id = cases.draw_id JOIN erasure ON erasure.evaluation_id = draw.evaluation_id WHERE cases.id = NEW.case_id) THEN RAISE EXCEPTION 'phone_call_after_erasure' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER phone_call_after_erasure_insert BEFORE INSERT ON phone_call FOR EACH ROW EXECUTE FUNCTION phone_call_after_erasure_insert()

CREATE FUNCTION invitation_after_erasure_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM cases JOIN draw ON draw.id = cases.draw_id JOIN erasure ON erasure.evaluation_id = draw.evaluation_id WHERE cases.id = NEW.case_id) THEN RAISE EXCEPTION 'invitation_after_erasure' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER invitation_after_erasure_insert BEFORE INSERT ON invitation FOR EACH ROW EXECUTE FUNCTION invitation_after_erasure_insert()

CREATE FUNCTION appointment_after_erasure_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM cases JOIN draw ON draw.id = cases.draw_id JOIN erasure ON erasure.evaluation_id = draw.evaluation_id WHERE cases.id = NEW.case_id) THEN RAISE EXCEPTION 'appointment_after_erasure' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER appointment_after_erasure_insert BEFORE INSERT ON appointment FOR EACH ROW EXECUTE FUNCTION appointment_after_erasure_insert()

CREATE FUNCTION draft_after_erasure_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM cases JOIN draw ON draw.id = cases.draw_id JOIN erasure ON erasure.evaluation_id = draw.evaluation_id WHERE cases.id = NEW.case_id) THEN RAISE EXCEPTION 'draft_after_erasure' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER draft_after_erasure_insert BEFORE INSERT ON draft FOR EACH ROW EXECUTE FUNCTION draft_after_erasure_insert()

CREATE FUNCTION desk_note_after_erasure_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM cases JOIN draw ON draw.id = cases.draw_id JOIN erasure ON erasure.evaluation_id = draw.evaluation_id WHERE cases.id = NEW.case_id) THEN RAISE EXCEPTION 'desk_note_after_erasure' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER desk_note_after_erasure_insert BEFORE INSERT ON desk_note FOR EACH ROW EXECUTE FUNCTION desk_note_after_erasure_insert()

CREATE FUNCTION minor_opening_after_erasure_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM cases JOIN draw ON draw.id = cases.draw_id JOIN erasure ON erasure.evaluation_id = draw.evaluation_id WHERE cases.id = NEW.case_id) THEN RAISE EXCEPTION 'minor_opening_after_erasure' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER minor_opening_after_erasure_insert BEFORE INSERT ON minor_opening FOR EACH ROW EXECUTE FUNCTION minor_opening_after_erasure_insert()

CREATE FUNCTION response_after_erasure_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM cases JOIN draw ON draw.id = cases.draw_id JOIN erasure ON erasure.evaluation_id = draw.evaluation_id WHERE cases.id = NEW.case_id) THEN RAISE EXCEPTION 'response_after_erasure' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER response_after_erasure_insert BEFORE INSERT ON response FOR EACH ROW EXECUTE FUNCTION response_after_erasure_insert()

CREATE FUNCTION contact_after_erasure_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM frame JOIN erasure ON erasure.evaluation_id = frame.evaluation_id WHERE frame.id = (SELECT frame_id FROM recipient WHERE recipient.id = NEW.recipient_id)) THEN RAISE EXCEPTION 'contact_after_erasure' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER contact_after_erasure_insert BEFORE INSERT ON contact FOR EACH ROW EXECUTE FUNCTION contact_after_erasure_insert()

CREATE FUNCTION ledger_upload_after_erasure_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM erasure WHERE erasure.evaluation_id = NEW.evaluation_id) THEN RAISE EXCEPTION 'ledger_upload_after_erasure' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER ledger_upload_after_erasure_insert BEFORE INSERT ON ledger_upload FOR EACH ROW EXECUTE FUNCTION ledger_upload_after_erasure_insert()
