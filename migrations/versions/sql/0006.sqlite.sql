-- A refusal is final; who opened a minor's contacts is not changed. One statement a line, as revision 0006 runs them.

CREATE TRIGGER document_immutable_update BEFORE UPDATE ON document WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'document_immutable'); END

CREATE TRIGGER document_immutable_delete BEFORE DELETE ON document WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'document_immutable'); END

CREATE TRIGGER case_refused_for_good_update BEFORE UPDATE ON cases WHEN OLD.outcome = 'R1' AND OLD.outcome_final AND (NEW.outcome IS NULL OR NEW.outcome <> 'R1' OR NOT NEW.outcome_final) BEGIN SELECT RAISE(ABORT, 'case_refused_for_good'); END

CREATE TRIGGER phone_call_of_refused_case_insert BEFORE INSERT ON phone_call WHEN EXISTS (SELECT 1 FROM cases WHERE cases.id = NEW.case_id AND cases.outcome = 'R1' AND cases.outcome_final) BEGIN SELECT RAISE(ABORT, 'phone_call_of_refused_case'); END

CREATE TRIGGER appointment_of_refused_case_insert BEFORE INSERT ON appointment WHEN EXISTS (SELECT 1 FROM cases WHERE cases.id = NEW.case_id AND cases.outcome = 'R1' AND cases.outcome_final) BEGIN SELECT RAISE(ABORT, 'appointment_of_refused_case'); END

CREATE TRIGGER invitation_of_refused_case_insert BEFORE INSERT ON invitation WHEN EXISTS (SELECT 1 FROM cases WHERE cases.id = NEW.case_id AND cases.outcome = 'R1' AND cases.outcome_final) BEGIN SELECT RAISE(ABORT, 'invitation_of_refused_case'); END

CREATE TRIGGER evaluation_outcomes_settled_update BEFORE UPDATE ON evaluation WHEN EXISTS (SELECT 1 FROM settlement WHERE settlement.evaluation_id = OLD.id) AND COALESCE(NEW.outcomes_id, 0) <> COALESCE(OLD.outcomes_id, 0) BEGIN SELECT RAISE(ABORT, 'evaluation_outcomes_settled'); END

CREATE TRIGGER minor_opening_kept_update BEFORE UPDATE ON minor_opening WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'minor_opening_kept'); END

CREATE TRIGGER minor_opening_kept_delete BEFORE DELETE ON minor_opening WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'minor_opening_kept'); END
