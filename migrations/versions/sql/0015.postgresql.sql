-- The moment announced for a public source is kept, and its value is the one typed before. One statement a line, as revision 0015 runs them.

DROP TRIGGER seed_contribution_fixed_update ON seed_contribution

DROP FUNCTION seed_contribution_fixed_update()

CREATE FUNCTION seed_contribution_fixed_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.ceremony_id <> OLD.ceremony_id OR NEW.place <> OLD.place OR NEW.name <> OLD.name OR NEW.kind <> OLD.kind OR NEW.source <> OLD.source OR COALESCE(CAST(NEW.expected_at AS TEXT), '') <> COALESCE(CAST(OLD.expected_at AS TEXT), '') OR (OLD.kind = 'public' AND OLD.value IS NULL AND NEW.value IS NOT NULL AND COALESCE(OLD.entered, '') <> NEW.value) OR ((SELECT closed_at FROM ceremony WHERE ceremony.id = OLD.ceremony_id) IS NULL AND NEW.value IS NOT NULL) OR ((SELECT closed_at FROM ceremony WHERE ceremony.id = OLD.ceremony_id) IS NOT NULL AND (COALESCE(NEW.commitment, '') <> COALESCE(OLD.commitment, '') OR (OLD.value IS NOT NULL AND COALESCE(NEW.value, '') <> OLD.value))) THEN RAISE EXCEPTION 'seed_contribution_fixed' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$

CREATE TRIGGER seed_contribution_fixed_update BEFORE UPDATE ON seed_contribution FOR EACH ROW EXECUTE FUNCTION seed_contribution_fixed_update()
