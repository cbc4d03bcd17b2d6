-- What a settled result was made from is not changed. One statement a line, as revision 0004 runs them.

CREATE TRIGGER party_score_settled_insert_insert BEFORE INSERT ON party_score WHEN EXISTS (SELECT 1 FROM settlement WHERE settlement.evaluation_id = NEW.evaluation_id) BEGIN SELECT RAISE(ABORT, 'party_score_settled_insert'); END

CREATE TRIGGER party_score_settled_change_update BEFORE UPDATE ON party_score WHEN EXISTS (SELECT 1 FROM settlement WHERE settlement.evaluation_id = OLD.evaluation_id) BEGIN SELECT RAISE(ABORT, 'party_score_settled_change'); END

CREATE TRIGGER party_score_settled_change_delete BEFORE DELETE ON party_score WHEN EXISTS (SELECT 1 FROM settlement WHERE settlement.evaluation_id = OLD.evaluation_id) BEGIN SELECT RAISE(ABORT, 'party_score_settled_change'); END

CREATE TRIGGER station_fact_settled_insert_insert BEFORE INSERT ON station_fact WHEN EXISTS (SELECT 1 FROM settlement WHERE settlement.evaluation_id = NEW.evaluation_id) BEGIN SELECT RAISE(ABORT, 'station_fact_settled_insert'); END

CREATE TRIGGER station_fact_settled_change_update BEFORE UPDATE ON station_fact WHEN EXISTS (SELECT 1 FROM settlement WHERE settlement.evaluation_id = OLD.evaluation_id) BEGIN SELECT RAISE(ABORT, 'station_fact_settled_change'); END

CREATE TRIGGER station_fact_settled_change_delete BEFORE DELETE ON station_fact WHEN EXISTS (SELECT 1 FROM settlement WHERE settlement.evaluation_id = OLD.evaluation_id) BEGIN SELECT RAISE(ABORT, 'station_fact_settled_change'); END

CREATE TRIGGER score_override_settled_insert_insert BEFORE INSERT ON score_override WHEN EXISTS (SELECT 1 FROM settlement WHERE settlement.evaluation_id = NEW.evaluation_id) BEGIN SELECT RAISE(ABORT, 'score_override_settled_insert'); END

CREATE TRIGGER score_override_settled_change_update BEFORE UPDATE ON score_override WHEN EXISTS (SELECT 1 FROM settlement WHERE settlement.evaluation_id = OLD.evaluation_id) BEGIN SELECT RAISE(ABORT, 'score_override_settled_change'); END

CREATE TRIGGER score_override_settled_change_delete BEFORE DELETE ON score_override WHEN EXISTS (SELECT 1 FROM settlement WHERE settlement.evaluation_id = OLD.evaluation_id) BEGIN SELECT RAISE(ABORT, 'score_override_settled_change'); END

CREATE TRIGGER evaluation_settled_update BEFORE UPDATE ON evaluation WHEN EXISTS (SELECT 1 FROM settlement WHERE settlement.evaluation_id = OLD.id) AND (NEW.scheme_id <> OLD.scheme_id OR NEW.questionnaire_id <> OLD.questionnaire_id OR NEW.stage <> OLD.stage OR NEW.reading <> OLD.reading) BEGIN SELECT RAISE(ABORT, 'evaluation_settled'); END
