-- The erasure is let through, and nothing about people comes in after it. One statement a line, as revision 0011 runs them.

DROP TRIGGER audit_event_append_only_update

DROP TRIGGER recipient_sealed_change_update

DROP TRIGGER minor_opening_kept_update

CREATE TRIGGER audit_event_append_only_update BEFORE UPDATE ON audit_event WHEN NEW.words IS NOT NULL OR NOT EXISTS (SELECT 1 FROM erasure WHERE erasure.evaluation_id = OLD.evaluation_id) OR COALESCE(CAST(NEW.id AS TEXT), '') <> COALESCE(CAST(OLD.id AS TEXT), '') OR COALESCE(CAST(NEW.at AS TEXT), '') <> COALESCE(CAST(OLD.at AS TEXT), '') OR COALESCE(CAST(NEW.actor_id AS TEXT), '') <> COALESCE(CAST(OLD.actor_id AS TEXT), '') OR COALESCE(CAST(NEW.evaluation_id AS TEXT), '') <> COALESCE(CAST(OLD.evaluation_id AS TEXT), '') OR COALESCE(CAST(NEW.action AS TEXT), '') <> COALESCE(CAST(OLD.action AS TEXT), '') OR COALESCE(CAST(NEW.subject AS TEXT), '') <> COALESCE(CAST(OLD.subject AS TEXT), '') OR COALESCE(CAST(NEW.details AS TEXT), '') <> COALESCE(CAST(OLD.details AS TEXT), '') OR COALESCE(CAST(NEW.previous AS TEXT), '') <> COALESCE(CAST(OLD.previous AS TEXT), '') OR COALESCE(CAST(NEW.hash AS TEXT), '') <> COALESCE(CAST(OLD.hash AS TEXT), '') BEGIN SELECT RAISE(ABORT, 'audit_event_append_only'); END

CREATE TRIGGER recipient_sealed_change_update BEFORE UPDATE ON recipient WHEN (SELECT sealed_at FROM frame WHERE frame.id = OLD.frame_id) IS NOT NULL AND (NEW.birth_year IS NOT NULL OR NOT EXISTS (SELECT 1 FROM frame JOIN erasure ON erasure.evaluation_id = frame.evaluation_id WHERE frame.id = OLD.frame_id) OR COALESCE(CAST(NEW.id AS TEXT), '') <> COALESCE(CAST(OLD.id AS TEXT), '') OR COALESCE(CAST(NEW.frame_id AS TEXT), '') <> COALESCE(CAST(OLD.frame_id AS TEXT), '') OR COALESCE(CAST(NEW.key AS TEXT), '') <> COALESCE(CAST(OLD.key AS TEXT), '') OR COALESCE(CAST(NEW.village_id AS TEXT), '') <> COALESCE(CAST(OLD.village_id AS TEXT), '') OR COALESCE(CAST(NEW.categories AS TEXT), '') <> COALESCE(CAST(OLD.categories AS TEXT), '') OR COALESCE(CAST(NEW.priority AS TEXT), '') <> COALESCE(CAST(OLD.priority AS TEXT), '') OR COALESCE(CAST(NEW.last AS TEXT), '') <> COALESCE(CAST(OLD.last AS TEXT), '')) BEGIN SELECT RAISE(ABORT, 'recipient_sealed_change'); END

CREATE TRIGGER minor_opening_kept_update BEFORE UPDATE ON minor_opening WHEN NEW.reason <> '已按期删除' OR NOT EXISTS (SELECT 1 FROM cases JOIN draw ON draw.id = cases.draw_id JOIN erasure ON erasure.evaluation_id = draw.evaluation_id WHERE cases.id = OLD.case_id) OR COALESCE(CAST(NEW.id AS TEXT), '') <> COALESCE(CAST(OLD.id AS TEXT), '') OR COALESCE(CAST(NEW.case_id AS TEXT), '') <> COALESCE(CAST(OLD.case_id AS TEXT), '') OR COALESCE(CAST(NEW.user_id AS TEXT), '') <> COALESCE(CAST(OLD.user_id AS TEXT), '') OR COALESCE(CAST(NEW.at AS TEXT), '') <> COALESCE(CAST(OLD.at AS TEXT), '') BEGIN SELECT RAISE(ABORT, 'minor_opening_kept'); END

CREATE TRIGGER erasure_kept_update BEFORE UPDATE ON erasure WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'erasure_kept'); END

CREATE TRIGGER erasure_kept_delete BEFORE DELETE ON erasure WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'erasure_kept'); END

CREATE TRIGGER erasure_too_early_insert BEFORE INSERT ON erasure WHEN NEW.erased_on <= (SELECT keep_until FROM evaluation WHERE evaluation.id = NEW.evaluation_id) BEGIN SELECT RAISE(ABORT, 'erasure_too_early'); END

CREATE TRIGGER evaluation_kept_no_longer_update BEFORE UPDATE ON evaluation WHEN (NEW.keep_until > OLD.keep_until AND EXISTS (SELECT 1 FROM cases JOIN draw ON draw.id = cases.draw_id WHERE draw.evaluation_id = OLD.id AND (EXISTS (SELECT 1 FROM attempt WHERE attempt.case_id = cases.id) OR EXISTS (SELECT 1 FROM phone_call WHERE phone_call.case_id = cases.id) OR EXISTS (SELECT 1 FROM invitation WHERE invitation.case_id = cases.id) OR EXISTS (SELECT 1 FROM draft WHERE draft.case_id = cases.id) OR EXISTS (SELECT 1 FROM response WHERE response.case_id = cases.id)))) OR (NEW.keep_until <> OLD.keep_until AND EXISTS (SELECT 1 FROM erasure WHERE erasure.evaluation_id = OLD.id)) BEGIN SELECT RAISE(ABORT, 'evaluation_kept_no_longer'); END

CREATE TRIGGER attempt_after_erasure_insert BEFORE INSERT ON attempt WHEN EXISTS (SELECT 1 FROM cases JOIN draw ON draw.id = cases.draw_id JOIN erasure ON erasure.evaluation_id = draw.evaluation_id WHERE cases.id = NEW.case_id) BEGIN SELECT RAISE(ABORT, 'attempt_after_erasure'); END

CREATE TRIGGER phone_call_after_erasure_insert BEFORE INSERT ON phone_call WHEN EXISTS (SELECT 1 FROM cases JOIN draw ON draw.id = cases.draw_id JOIN erasure ON erasure.evaluation_id = draw.evaluation_id WHERE cases.id = NEW.case_id) BEGIN SELECT RAISE(ABORT, 'phone_call_after_erasure'); END

CREATE TRIGGER invitation_after_erasure_insert BEFORE INSERT ON invitation WHEN EXISTS (SELECT 1 FROM cases JOIN draw ON draw.id = cases.draw_id JOIN erasure ON erasure.evaluation_id = draw.evaluation_id WHERE cases.id = NEW.case_id) BEGIN SELECT RAISE(ABORT, 'invitation_after_erasure'); END

CREATE TRIGGER appointment_after_erasure_insert BEFORE INSERT ON appointment WHEN EXISTS (SELECT 1 FROM cases JOIN draw ON draw.id = cases.draw_id JOIN erasure ON erasure.evaluation_id = draw.evaluation_id WHERE cases.id = NEW.case_id) BEGIN SELECT RAISE(ABORT, 'appointment_after_erasure'); END

CREATE TRIGGER draft_after_erasure_insert BEFORE INSERT ON draft WHEN EXISTS (SELECT 1 FROM cases JOIN draw ON draw.id = cases.draw_id JOIN erasure ON erasure.evaluation_id = draw.evaluation_id WHERE cases.id = NEW.case_id) BEGIN SELECT RAISE(ABORT, 'draft_after_erasure'); END

CREATE TRIGGER desk_note_after_erasure_insert BEFORE INSERT ON desk_note WHEN EXISTS (SELECT 1 FROM cases JOIN draw ON draw.id = cases.draw_id JOIN erasure ON erasure.evaluation_id = draw.evaluation_id WHERE cases.id = NEW.case_id) BEGIN SELECT RAISE(ABORT, 'desk_note_after_erasure'); END

CREATE TRIGGER minor_opening_after_erasure_insert BEFORE INSERT ON minor_opening WHEN EXISTS (SELECT 1 FROM cases JOIN draw ON draw.id = cases.draw_id JOIN erasure ON erasure.evaluation_id = draw.evaluation_id WHERE cases.id = NEW.case_id) BEGIN SELECT RAISE(ABORT, 'minor_opening_after_erasure'); END

CREATE TRIGGER response_after_erasure_insert BEFORE INSERT ON response WHEN EXISTS (SELECT 1 FROM cases JOIN draw ON draw.id = cases.draw_id JOIN erasure ON erasure.evaluation_id = draw.evaluation_id WHERE cases.id = NEW.case_id) BEGIN SELECT RAISE(ABORT, 'response_after_erasure'); END

CREATE TRIGGER contact_after_erasure_insert BEFORE INSERT ON contact WHEN EXISTS (SELECT 1 FROM frame JOIN erasure ON erasure.evaluation_id = frame.evaluation_id WHERE frame.id = (SELECT frame_id FROM recipient WHERE recipient.id = NEW.recipient_id)) BEGIN SELECT RAISE(ABORT, 'contact_after_erasure'); END

CREATE TRIGGER ledger_upload_after_erasure_insert BEFORE INSERT ON ledger_upload WHEN EXISTS (SELECT 1 FROM erasure WHERE erasure.evaluation_id = NEW.evaluation_id) BEGIN SELECT RAISE(ABORT, 'ledger_upload_after_erasure'); END
