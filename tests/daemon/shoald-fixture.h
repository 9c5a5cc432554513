/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "shoal-dbus-names.h"
#include "shoal-dbus.h"

#include "daemon/test-wait.h"

/* A private bus and real daemons on it, each with its own data folder and name. */
typedef struct
{
  GTestDBus *bus;              /* (owned) */
  GDBusConnection *connection; /* (owned) */
  char *dir;                   /* (owned): everything is below it */
} Fixture;

typedef struct
{
  Fixture *fixture;            /* (unowned) */
  GSubprocess *process;        /* (owned) */
  char *name;                  /* (owned): on the bus */
  char *data_dir;              /* (owned) */
  ShoalDBusManager *manager;   /* (owned) */
  GDBusObjectManager *objects; /* (owned) */
} Daemon;

/* For g_test_add(). */
void shoald_fixture_set_up (Fixture *fixture, gconstpointer data);
void shoald_fixture_tear_down (Fixture *fixture, gconstpointer data);

/* Runs shoald as @id with more options, %NULL-terminated, and waits until it is running.
 */
Daemon *shoald_fixture_start (Fixture *fixture,
                              const char *id,
                              ...) G_GNUC_NULL_TERMINATED G_GNUC_WARN_UNUSED_RESULT;

/* Runs it without waiting for anything; its stderr is a pipe. */
GSubprocess *
shoald_fixture_spawn (Fixture *fixture,
                      const char *const *arguments) G_GNUC_WARN_UNUSED_RESULT;

/* Ends it with SIGTERM and checks that it ended well. */
void shoald_fixture_stop (Daemon *daemon);

/* Ends it with SIGKILL. */
void shoald_fixture_kill (Daemon *daemon);

/* Waits for a Transfer or Operation to end. Returns its properties, a{sv}. */
GVariant *
shoald_fixture_wait_job (Daemon *daemon, const char *path) G_GNUC_WARN_UNUSED_RESULT;

/* The same, and checks that it is done. Returns its Result. */
GVariant *
shoald_fixture_wait_done (Daemon *daemon, const char *path) G_GNUC_WARN_UNUSED_RESULT;

/* The same, and checks that it ended in @state with error @nick ("NotFound"). */
void shoald_fixture_wait_error (Daemon *daemon,
                                const char *path,
                                const char *state,
                                const char *nick);

/* Properties of any object: (transfer full), %NULL when it is not there. */
GVariant *shoald_fixture_get (Daemon *daemon,
                              const char *path,
                              const char *interface,
                              const char *property) G_GNUC_WARN_UNUSED_RESULT;
char *shoald_fixture_get_text (Daemon *daemon,
                               const char *path,
                               const char *interface,
                               const char *property) G_GNUC_WARN_UNUSED_RESULT;

/* Calls a method of the manager, or of @path; %NULL with the error. */
GVariant *shoald_fixture_call (Daemon *daemon,
                               const char *path,
                               const char *interface,
                               const char *method,
                               GVariant *arguments,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Calls a method of the manager that replies with an object path. */
char *shoald_fixture_begin (Daemon *daemon,
                            const char *method,
                            GVariant *arguments,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Asserts that @error came over the bus with this name, and clears it. */
void shoald_fixture_assert_error (GError **error, const char *nick);

/* A file below the fixture's folder with @size bytes that do not repeat. */
char *shoald_fixture_make_file (Fixture *fixture,
                                const char *name,
                                gsize size,
                                guint32 seed) G_GNUC_WARN_UNUSED_RESULT;

/* Adds a file and returns its CID. */
char *shoald_fixture_add (Daemon *daemon, const char *path) G_GNUC_WARN_UNUSED_RESULT;

/* The first address it listens on, with /p2p. */
char *shoald_fixture_dup_address (Daemon *daemon) G_GNUC_WARN_UNUSED_RESULT;

/* An empty a{sv}. */
GVariant *shoald_fixture_no_options (void);

#define SHOALD_FIXTURE_APP "org.example.Hello"
#define SHOALD_FIXTURE_APP_PATH SHOAL_DBUS_APPS_PATH "/org_2eexample_2eHello"
#define SHOALD_FIXTURE_UPDATE_PATH SHOAL_DBUS_UPDATES_PATH "/org_2eexample_2eHello"

/* Publishes @size bytes and a program as SHOALD_FIXTURE_APP. */
void
shoald_fixture_publish (Daemon *daemon, const char *version, gsize size, guint32 seed);

/* Installs SHOALD_FIXTURE_APP. */
void shoald_fixture_install (Daemon *daemon);

/* A daemon that shares, and one that fetches from it. */
void shoald_fixture_start_pair (Fixture *fixture, Daemon **author, Daemon **user);
