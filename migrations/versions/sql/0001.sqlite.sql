-- Audit events, documents, settlements, sealed frames and draws are not changed. One statement a line, as revision 0001 runs them.

CREATE TRIGGER audit_event_append_only_update BEFORE UPDATE ON audit_event WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'audit_event_append_only'); END

CREATE TRIGGER audit_event_append_only_delete BEFORE DELETE ON audit_event WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'audit_event_append_only'); END

CREATE TRIGGER document_immutable_update BEFORE UPDATE ON document WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'document_immutable'); END

CREATE TRIGGER document_immutable_delete BEFORE DELETE ON document WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'document_immutable'); END

CREATE TRIGGER settlement_immutable_update BEFORE UPDATE ON settlement WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'settlement_immutable'); END

CREATE TRIGGER settlement_immutable_delete BEFORE DELETE ON settlement WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'settlement_immutable'); END

CREATE TRIGGER frame_sealed_update_update BEFORE UPDATE ON frame WHEN OLD.sealed_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'frame_sealed_update'); END

CREATE TRIGGER frame_sealed_delete_delete BEFORE DELETE ON frame WHEN OLD.sealed_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'frame_sealed_delete'); END

CREATE TRIGGER recipient_sealed_insert_insert BEFORE INSERT ON recipient WHEN (SELECT sealed_at FROM frame WHERE frame.id = NEW.frame_id) IS NOT NULL BEGIN SELECT RAISE(ABORT, 'recipient_sealed_insert'); END

CREATE TRIGGER recipient_sealed_change_update BEFORE UPDATE ON recipient WHEN (SELECT sealed_at FROM frame WHERE frame.id = OLD.frame_id) IS NOT NULL BEGIN SELECT RAISE(ABORT, 'recipient_sealed_change'); END

CREATE TRIGGER recipient_sealed_change_delete BEFORE DELETE ON recipient WHEN (SELECT sealed_at FROM frame WHERE frame.id = OLD.frame_id) IS NOT NULL BEGIN SELECT RAISE(ABORT, 'recipient_sealed_change'); END

CREATE TRIGGER draw_kept_delete BEFORE DELETE ON draw WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'draw_kept'); END

CREATE TRIGGER draw_only_voided_update BEFORE UPDATE ON draw WHEN OLD.voided_at IS NOT NULL OR NEW.seed <> OLD.seed OR NEW.size <> OLD.size OR NEW.population <> OLD.population OR NEW.frame_id <> OLD.frame_id OR NEW.certificate_digest <> OLD.certificate_digest OR CAST(NEW.certificate AS TEXT) <> CAST(OLD.certificate AS TEXT) BEGIN SELECT RAISE(ABORT, 'draw_only_voided'); END
