-- Ceremonies, contributions to the seed, void requests and replacements are not changed. One statement a line, as revision 0002 runs them.

CREATE TRIGGER ceremony_kept_delete BEFORE DELETE ON ceremony WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'ceremony_kept'); END

CREATE TRIGGER ceremony_fixed_update BEFORE UPDATE ON ceremony WHEN OLD.voided_at IS NOT NULL OR NEW.plan_digest <> OLD.plan_digest OR NEW.frame_id <> OLD.frame_id OR CAST(NEW.plan AS TEXT) <> CAST(OLD.plan AS TEXT) OR (OLD.closed_at IS NOT NULL AND (NEW.closed_at IS NULL OR NEW.closed_at <> OLD.closed_at)) BEGIN SELECT RAISE(ABORT, 'ceremony_fixed'); END

CREATE TRIGGER ceremony_void_confirmed_update BEFORE UPDATE ON ceremony WHEN OLD.voided_at IS NULL AND NEW.voided_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM void_request WHERE void_request.ceremony_id = OLD.id AND void_request.confirmed_at IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'ceremony_void_confirmed'); END

CREATE TRIGGER draw_void_confirmed_update BEFORE UPDATE ON draw WHEN OLD.voided_at IS NULL AND NEW.voided_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM void_request WHERE void_request.ceremony_id = OLD.ceremony_id AND void_request.confirmed_at IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'draw_void_confirmed'); END

CREATE TRIGGER seed_contribution_kept_delete BEFORE DELETE ON seed_contribution WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'seed_contribution_kept'); END

CREATE TRIGGER seed_contribution_late_insert BEFORE INSERT ON seed_contribution WHEN (SELECT closed_at FROM ceremony WHERE ceremony.id = NEW.ceremony_id) IS NOT NULL BEGIN SELECT RAISE(ABORT, 'seed_contribution_late'); END

CREATE TRIGGER seed_contribution_fixed_update BEFORE UPDATE ON seed_contribution WHEN NEW.ceremony_id <> OLD.ceremony_id OR NEW.place <> OLD.place OR NEW.name <> OLD.name OR NEW.kind <> OLD.kind OR NEW.source <> OLD.source OR ((SELECT closed_at FROM ceremony WHERE ceremony.id = OLD.ceremony_id) IS NULL AND NEW.value IS NOT NULL) OR ((SELECT closed_at FROM ceremony WHERE ceremony.id = OLD.ceremony_id) IS NOT NULL AND (COALESCE(NEW.commitment, '') <> COALESCE(OLD.commitment, '') OR (OLD.value IS NOT NULL AND COALESCE(NEW.value, '') <> OLD.value))) BEGIN SELECT RAISE(ABORT, 'seed_contribution_fixed'); END

CREATE TRIGGER void_request_kept_delete BEFORE DELETE ON void_request WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'void_request_kept'); END

CREATE TRIGGER replacement_kept_update BEFORE UPDATE ON replacement WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'replacement_kept'); END

CREATE TRIGGER replacement_kept_delete BEFORE DELETE ON replacement WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'replacement_kept'); END

CREATE TRIGGER replacement_of_final_case_insert BEFORE INSERT ON replacement WHEN NOT EXISTS (SELECT 1 FROM cases WHERE cases.id = NEW.replaces_case_id AND cases.outcome_final AND cases.outcome = NEW.outcome) BEGIN SELECT RAISE(ABORT, 'replacement_of_final_case'); END
