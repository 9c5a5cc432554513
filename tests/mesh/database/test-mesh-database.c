/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "database/mesh-database.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct
{
  char *dir;  /* (owned) */
  char *path; /* (owned) */
} Fixture;

/* Each step makes a table and moves what is there into it, so half a step would show. */
static const char *const migrations[] = {
  "CREATE TABLE one (n INTEGER NOT NULL) STRICT; INSERT INTO one VALUES (1), (2), (3)",
  "CREATE TABLE two (n INTEGER NOT NULL) STRICT; INSERT INTO two SELECT n * 10 FROM one;"
  "DROP TABLE one",
  "CREATE TABLE three (n INTEGER NOT NULL) STRICT;"
  "INSERT INTO three SELECT n * 10 FROM two; DROP TABLE two;",
};

/* What the newest table adds up to, by version. */
static const int sums[] = { 0, 6, 60, 600 };

#define N_MIGRATIONS G_N_ELEMENTS (migrations)

static MeshDatabaseSchema
schema_of (guint n_migrations)
{
  /* The tests that meet a lock wait for nobody. */
  return (MeshDatabaseSchema){ "The test can't be used", "The test is newer",
                               "PRAGMA busy_timeout = 1; PRAGMA synchronous = NORMAL",
                               migrations, n_migrations };
}

static sqlite3 *
open_at (const char *path, guint n_migrations, GError **error)
{
  MeshDatabaseSchema schema = schema_of (n_migrations);

  return mesh_database_open (path, &schema, error);
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  fixture->dir = g_dir_make_tmp ("shoal-database-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->dir, "test.db", NULL);
}

static void
remove_files (Fixture *fixture)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->dir, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->dir, name, NULL);

      g_assert_cmpint (g_remove (path), ==, 0);
    }
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  remove_files (fixture);
  g_assert_cmpint (g_rmdir (fixture->dir), ==, 0);
  g_free (fixture->dir);
  g_free (fixture->path);
}

static int
get_number (sqlite3 *db, const char *sql)
{
  sqlite3_stmt *stmt = NULL;
  int number;

  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (stmt), ==, SQLITE_ROW);
  number = sqlite3_column_int (stmt, 0);
  sqlite3_finalize (stmt);
  return number;
}

static char *
get_text (sqlite3 *db, const char *sql)
{
  sqlite3_stmt *stmt = NULL;
  char *text;

  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (stmt), ==, SQLITE_ROW);
  text = g_strdup ((const char *) sqlite3_column_text (stmt, 0));
  sqlite3_finalize (stmt);
  return text;
}

/* The database is wholly at @version: the number, the one table and what is in it. */
static void
assert_at (sqlite3 *db, guint version)
{
  static const char *const queries[] = {
    NULL,
    "SELECT sum (n) FROM one",
    "SELECT sum (n) FROM two",
    "SELECT sum (n) FROM three",
  };

  g_assert_cmpint (get_number (db, "PRAGMA user_version"), ==, (int) version);
  g_assert_cmpint (get_number (db, "SELECT count (*) FROM sqlite_schema"), ==,
                   version > 0);
  if (version > 0)
    g_assert_cmpint (get_number (db, queries[version]), ==, sums[version]);
}

static void
run_raw (const char *path, const char *sql)
{
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

static void
assert_refused (const char *path, MeshError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (open_at (path, N_MIGRATIONS, &error));
  g_assert_error (error, MESH_ERROR, (int) code);
}

/* ---- opening ---- */

static void
test_fresh (Fixture *fixture, gconstpointer unused)
{
  MeshDatabaseSchema schema = schema_of (N_MIGRATIONS);
  g_autoptr (GError) error = NULL;
  mode_t mask = umask (0);
  sqlite3 *db = open_at (fixture->path, N_MIGRATIONS, &error);
  g_autofree char *mode = NULL;
  sqlite3 *reader;
  GStatBuf info;

  umask (mask);
  g_assert_no_error (error);
  assert_at (db, N_MIGRATIONS);
  mode = get_text (db, "PRAGMA journal_mode");
  g_assert_cmpstr (mode, ==, "wal");
  g_assert_cmpint (get_number (db, "PRAGMA synchronous"), ==, 1);
  g_assert_cmpint (get_number (db, "PRAGMA trusted_schema"), ==, 0);
  g_assert_cmpint (g_stat (fixture->path, &info), ==, 0);
  g_assert_cmphex (info.st_mode & 0777, ==, 0600);
  /* The second connection sees the same, and changes nothing. */
  reader = mesh_database_open_reader (fixture->path, &schema, &error);
  g_assert_no_error (error);
  assert_at (reader, N_MIGRATIONS);
  g_assert_false (mesh_database_exec (reader, "DELETE FROM three", "No", &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_IO);
  g_assert_true (g_str_has_prefix (error->message, "No: "));
  sqlite3_close (reader);
  sqlite3_close (db);
}

static void
test_step_by_step (Fixture *fixture, gconstpointer unused)
{
  for (guint n = 0; n <= N_MIGRATIONS; n++)
    for (guint again = 0; again < 2; again++)
      {
        g_autoptr (GError) error = NULL;
        sqlite3 *db = open_at (fixture->path, n, &error);

        g_assert_no_error (error);
        assert_at (db, n);
        sqlite3_close (db);
      }
}

/* A step that fails leaves what was, and those before it stay. */
static void
test_step_fails (Fixture *fixture, gconstpointer unused)
{
  static const char *const wrong[] = {
    migrations[0],
    "CREATE TABLE two (n INTEGER NOT NULL) STRICT; INSERT INTO nowhere VALUES (1)",
  };
  MeshDatabaseSchema schema = schema_of (2);
  g_autoptr (GError) error = NULL;
  sqlite3 *db;

  schema.migrations = wrong;
  g_assert_null (mesh_database_open (fixture->path, &schema, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_IO);
  g_clear_error (&error);
  db = open_at (fixture->path, 1, &error);
  g_assert_no_error (error);
  assert_at (db, 1);
  sqlite3_close (db);
}

static void
test_newer (Fixture *fixture, gconstpointer unused)
{
  static const char *const versions[]
      = { "PRAGMA user_version = 4", "PRAGMA user_version = 2147483647",
          "PRAGMA user_version = -1", "PRAGMA user_version = -2147483648" };

  sqlite3_close (open_at (fixture->path, N_MIGRATIONS, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (versions); i++)
    {
      g_autoptr (GError) error = NULL;

      run_raw (fixture->path, versions[i]);
      g_assert_null (open_at (fixture->path, N_MIGRATIONS, &error));
      g_assert_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED);
      g_assert_cmpstr (error->message, ==, "The test is newer");
    }
}

/* ---- what the disk says ---- */

static void
test_corrupt (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *junk = g_strnfill (20000, 'x');
  g_autofree char *aside = g_strconcat (fixture->path, ".damaged", NULL);
  g_autofree char *kept = NULL;
  g_autoptr (GError) error = NULL;
  sqlite3 *db;

  g_assert_true (g_file_set_contents (fixture->path, junk, -1, NULL));
  assert_refused (fixture->path, MESH_ERROR_CORRUPT);
  g_assert_true (mesh_database_set_aside (fixture->path, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (aside, &kept, NULL, NULL));
  g_assert_cmpstr (kept, ==, junk);
  db = open_at (fixture->path, N_MIGRATIONS, &error);
  g_assert_no_error (error);
  assert_at (db, N_MIGRATIONS);
  sqlite3_close (db);
}

/* One that was overwritten in the middle opens, and is found out when it is checked. */
static void
test_damaged_inside (Fixture *fixture, gconstpointer unused)
{
  static const char fill[]
      = "WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 5000)"
        " INSERT INTO three SELECT i FROM c";
  MeshDatabaseSchema schema = schema_of (N_MIGRATIONS);
  g_autoptr (GError) error = NULL;
  g_autofree char *junk = g_strnfill (4096, 'x');
  sqlite3 *db = open_at (fixture->path, N_MIGRATIONS, NULL);
  int fd;

  g_assert_true (mesh_database_exec (db, fill, "No", NULL));
  g_assert_true (mesh_database_check (db, &schema, &error));
  g_assert_no_error (error);
  sqlite3_close (db);
  fd = g_open (fixture->path, O_WRONLY | O_CLOEXEC, 0);
  g_assert_cmpint (pwrite (fd, junk, 4096, 4 * 4096), ==, 4096);
  close (fd);
  db = open_at (fixture->path, N_MIGRATIONS, &error);
  g_assert_no_error (error);
  g_assert_false (mesh_database_check (db, &schema, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_CORRUPT);
  sqlite3_close (db);
}

/* What can't be renamed is removed, so that the next one can begin. */
static void
test_set_aside (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *aside = g_strconcat (fixture->path, ".damaged", NULL);
  g_autofree char *wal = g_strconcat (fixture->path, "-wal", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (mesh_database_set_aside (fixture->path, &error)); /* there is none */
  g_assert_cmpint (g_mkdir (aside, 0700), ==, 0);
  g_assert_true (g_file_set_contents (fixture->path, "x", 1, NULL));
  g_assert_true (g_file_set_contents (wal, "x", 1, NULL));
  g_assert_true (mesh_database_set_aside (fixture->path, &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_access (fixture->path, F_OK), ==, -1);
  g_assert_cmpint (g_access (wal, F_OK), ==, -1);
  /* A folder in its place can be neither. */
  g_assert_cmpint (g_mkdir (wal, 0700), ==, 0);
  g_assert_true (g_file_set_contents (fixture->path, "x", 1, NULL));
  {
    g_autofree char *aside_wal = g_strconcat (aside, "-wal", NULL);

    g_assert_true (g_file_set_contents (aside_wal, "x", 1, NULL));
  }
  g_assert_false (mesh_database_set_aside (fixture->path, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_IO);
}

static void
test_symlink (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *target = g_build_filename (fixture->dir, "target.db", NULL);

  g_assert_cmpint (symlink (target, fixture->path), ==, 0);
  assert_refused (fixture->path, MESH_ERROR_IO);
  g_assert_cmpint (g_access (target, F_OK), ==, -1);
  /* Neither when it leads to a good one. */
  sqlite3_close (open_at (target, N_MIGRATIONS, NULL));
  assert_refused (fixture->path, MESH_ERROR_IO);
}

static void
test_no_folder (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (fixture->dir, "none", "test.db", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (open_at (path, N_MIGRATIONS, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_IO);
  g_assert_nonnull (strstr (error->message, path));
  assert_refused (fixture->dir, MESH_ERROR_IO); /* a folder is no database */
}

/* ---- in another process ---- */

typedef int (*ChildFunc) (Fixture *fixture, int number);

/* Runs @func in a process of its own. Returns: its exit status; -1: it was killed */
static int
run_child (Fixture *fixture, ChildFunc func, int number)
{
  int status;
  pid_t pid = fork ();

  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    _exit (func (fixture, number));
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  if (WIFSIGNALED (status))
    {
      g_assert_cmpint (WTERMSIG (status), ==, SIGKILL);
      return -1;
    }
  return WEXITSTATUS (status);
}

#define EXIT_SKIP 77

static const char *
code_nick (sqlite3 *db, const GError *error)
{
  return db != NULL ? "opened" : mesh_error_get_nick (error->code);
}

/* A process without rights: root may write everywhere. */
static int
open_read_only (Fixture *fixture, int number)
{
  g_autoptr (GError) error = NULL;
  sqlite3 *db;

  if (geteuid () == 0 && (setegid (65534) != 0 || seteuid (65534) != 0))
    return EXIT_SKIP;
  db = open_at (fixture->path, N_MIGRATIONS, &error);
  if (number == 0) /* may it get here at all? */
    return db != NULL ? 0 : EXIT_SKIP;
  if (g_strcmp0 (code_nick (db, error), "Io") == 0)
    return 0;
  g_printerr ("# %s\n", code_nick (db, error));
  return 1;
}

static void
test_read_only (Fixture *fixture, gconstpointer unused)
{
  int status;

  g_assert_cmpint (g_chmod (fixture->dir, 0777), ==, 0);
  status = run_child (fixture, open_read_only, 0);
  remove_files (fixture);
  if (status == EXIT_SKIP)
    {
      g_test_skip ("this process may not become another user");
      return;
    }
  g_assert_cmpint (status, ==, 0);
  g_assert_cmpint (g_chmod (fixture->dir, 0555), ==, 0);
  g_assert_cmpint (run_child (fixture, open_read_only, 1), ==, 0);
  g_assert_cmpint (g_chmod (fixture->dir, 0777), ==, 0);
  /* And a file that is there, in such a folder: its log could not be made. */
  sqlite3_close (open_at (fixture->path, 1, NULL));
  g_assert_cmpint (g_chmod (fixture->path, 0666), ==, 0);
  g_assert_cmpint (g_chmod (fixture->dir, 0555), ==, 0);
  g_assert_cmpint (run_child (fixture, open_read_only, 2), ==, 0);
  g_assert_cmpint (g_chmod (fixture->dir, 0700), ==, 0);
}

/* Holds the lock until its end of the pipe is closed by the other's. */
static int
hold_lock (Fixture *fixture, const int to_us[2], const int to_parent[2])
{
  sqlite3 *db = NULL;
  char byte = 'x';

  close (to_us[1]);
  if (sqlite3_open (fixture->path, &db) != SQLITE_OK
      || sqlite3_exec (db, "BEGIN EXCLUSIVE", NULL, NULL, NULL) != SQLITE_OK
      || write (to_parent[1], &byte, 1) != 1)
    return 1;
  (void) !read (to_us[0], &byte, 1);
  sqlite3_close (db);
  return 0;
}

static void
test_busy (Fixture *fixture, gconstpointer unused)
{
  int to_child[2], to_us[2], status;
  char byte = 0;
  pid_t pid;
  sqlite3 *db;

  g_assert_cmpint (pipe (to_child), ==, 0);
  g_assert_cmpint (pipe (to_us), ==, 0);
  pid = fork ();
  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    _exit (hold_lock (fixture, to_child, to_us));
  close (to_us[1]);
  close (to_child[0]);
  g_assert_cmpint (read (to_us[0], &byte, 1), ==, 1);
  assert_refused (fixture->path, MESH_ERROR_BUSY);
  close (to_child[1]);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
  close (to_us[0]);
  db = open_at (fixture->path, N_MIGRATIONS, NULL);
  assert_at (db, N_MIGRATIONS);
  sqlite3_close (db);
}

/* ---- kill -9 at every instruction of SQLite's machine ---- */

static int n_left;

static int
count_down_cb (void *unused)
{
  if (--n_left == 0)
    kill (getpid (), SIGKILL);
  return 0;
}

static int
watch_connection (sqlite3 *db, char **message, const struct sqlite3_api_routines *unused)
{
  sqlite3_progress_handler (db, 1, count_down_cb, NULL);
  return SQLITE_OK;
}

static int
open_and_die (Fixture *fixture, int number)
{
  /* A process that is killed needs no disk to be synced, only a machine does. */
  MeshDatabaseSchema schema = schema_of (N_MIGRATIONS);

  schema.pragmas = "PRAGMA synchronous = OFF";
  n_left = number;
  sqlite3_auto_extension ((void (*) (void)) watch_connection);
  return mesh_database_open (fixture->path, &schema, NULL) != NULL ? 0 : 1;
}

static void
test_killed (Fixture *fixture, gconstpointer unused)
{
  MeshDatabaseSchema schema = schema_of (N_MIGRATIONS);
  guint n_found[N_MIGRATIONS + 1] = { 0 };
  int status = -1, step = g_test_slow () ? 1 : 5;

  schema.pragmas = "PRAGMA synchronous = OFF";
  for (int number = 1; status == -1; number += step)
    {
      sqlite3 *db = NULL;
      guint version;

      remove_files (fixture);
      status = run_child (fixture, open_and_die, number);
      /* The old state or the new one, and from there on to the newest. */
      g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
      version = (guint) get_number (db, "PRAGMA user_version");
      g_assert_cmpuint (version, <=, N_MIGRATIONS);
      assert_at (db, version);
      sqlite3_close (db);
      n_found[version]++;
      db = mesh_database_open (fixture->path, &schema, NULL);
      assert_at (db, N_MIGRATIONS);
      sqlite3_close (db);
    }
  g_assert_cmpint (status, ==, 0);
  /* It was killed within each of the steps. */
  for (guint i = 0; i < N_MIGRATIONS; i++)
    g_assert_cmpuint (n_found[i], >, 1);
  g_assert_cmpuint (n_found[N_MIGRATIONS], >, 0);
}

/* Two that begin at once do not both make a step. */
static int
open_and_look (Fixture *fixture, int number)
{
  MeshDatabaseSchema schema = schema_of (N_MIGRATIONS);
  sqlite3 *db;
  int sum;

  schema.pragmas = "PRAGMA busy_timeout = 60000";
  db = mesh_database_open (fixture->path, &schema, NULL);
  if (db == NULL)
    return 1;
  sum = get_number (db, "SELECT sum (n) FROM three");
  sqlite3_close (db);
  return sum == sums[N_MIGRATIONS] ? 0 : 2;
}

static void
test_at_once (Fixture *fixture, gconstpointer unused)
{
  pid_t pids[8];

  for (gsize i = 0; i < G_N_ELEMENTS (pids); i++)
    {
      pids[i] = fork ();
      g_assert_cmpint (pids[i], >=, 0);
      if (pids[i] == 0)
        _exit (open_and_look (fixture, 0));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (pids); i++)
    {
      int status;

      g_assert_cmpint (waitpid (pids[i], &status, 0), ==, pids[i]);
      g_assert_cmpint (status, ==, 0);
    }
}

/* ---- a full disk ---- */

static int
open_on_small_disk (Fixture *fixture, int number)
{
  g_autoptr (GError) error = NULL;
  sqlite3 *db;

  if (unshare (CLONE_NEWNS) != 0
      || mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0
      || mount ("tmpfs", fixture->dir, "tmpfs", 0, number == 0 ? "size=16k" : "size=4m")
             != 0)
    return EXIT_SKIP;
  db = open_at (fixture->path, N_MIGRATIONS, &error);
  if (g_strcmp0 (code_nick (db, error), number == 0 ? "NoSpace" : "opened") == 0)
    return 0;
  g_printerr ("# %s\n", error != NULL ? error->message : code_nick (db, error));
  return 1;
}

static void
test_disk_full (Fixture *fixture, gconstpointer unused)
{
  int status = run_child (fixture, open_on_small_disk, 0);

  if (status == EXIT_SKIP)
    {
      g_test_skip ("this process may not mount a small file system");
      return;
    }
  g_assert_cmpint (status, ==, 0);
  g_assert_cmpint (run_child (fixture, open_on_small_disk, 1), ==, 0);
}

/* The same without a mount: what SQLite says of a file that may not grow. */
static void
test_full (Fixture *fixture, gconstpointer unused)
{
  MeshDatabaseSchema schema = schema_of (N_MIGRATIONS);
  g_autoptr (GError) error = NULL;

  schema.pragmas = "PRAGMA max_page_count = 1";
  g_assert_null (mesh_database_open (fixture->path, &schema, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NO_SPACE);
}

static void
test_codes (void)
{
  static const struct
  {
    int code;
    int system_errno;
    MeshError expected;
  } rows[] = {
    { SQLITE_FULL, 0, MESH_ERROR_NO_SPACE },
    { SQLITE_CORRUPT, 0, MESH_ERROR_CORRUPT },
    { SQLITE_CORRUPT_VTAB, 0, MESH_ERROR_CORRUPT },
    { SQLITE_NOTADB, 0, MESH_ERROR_CORRUPT },
    { SQLITE_BUSY, 0, MESH_ERROR_BUSY },
    { SQLITE_BUSY_SNAPSHOT, 0, MESH_ERROR_BUSY },
    { SQLITE_LOCKED, 0, MESH_ERROR_BUSY },
    { SQLITE_IOERR, EIO, MESH_ERROR_IO },
    { SQLITE_IOERR_SHMSIZE, ENOSPC, MESH_ERROR_NO_SPACE },
    { SQLITE_IOERR_WRITE, EDQUOT, MESH_ERROR_NO_SPACE },
    { SQLITE_CANTOPEN, EACCES, MESH_ERROR_IO },
    { SQLITE_CANTOPEN, ENOSPC, MESH_ERROR_NO_SPACE },
    { SQLITE_READONLY, 0, MESH_ERROR_IO },
    { SQLITE_ERROR, 0, MESH_ERROR_IO },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (mesh_database_get_code (rows[i].code, rows[i].system_errno), ==,
                     rows[i].expected);
}

#define ADD(name, func) \
  g_test_add ("/database/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/database/codes", test_codes);
  ADD ("fresh", test_fresh);
  ADD ("step-by-step", test_step_by_step);
  ADD ("step-fails", test_step_fails);
  ADD ("newer", test_newer);
  ADD ("corrupt", test_corrupt);
  ADD ("damaged-inside", test_damaged_inside);
  ADD ("set-aside", test_set_aside);
  ADD ("symlink", test_symlink);
  ADD ("no-folder", test_no_folder);
  ADD ("read-only", test_read_only);
  ADD ("busy", test_busy);
  ADD ("killed", test_killed);
  ADD ("at-once", test_at_once);
  ADD ("disk-full", test_disk_full);
  ADD ("full", test_full);
  return g_test_run ();
}
