-- Documents are not changed. One statement a line, as revision 0013 runs them.

CREATE TRIGGER document_immutable_update BEFORE UPDATE ON document WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'document_immutable'); END

CREATE TRIGGER document_immutable_delete BEFORE DELETE ON document WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'document_immutable'); END
