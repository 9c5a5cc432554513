/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "node/mesh-node-lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "base/mesh-error.h"

struct MeshNodeLock
{
  int fd;
};

#define LEAVING " leaving"
#define HOLDER_CHARS 32

static void
set_busy (int fd, const char *data_dir, GError **error)
{
  char pid[HOLDER_CHARS + 1] = { 0 };
  gssize n = pread (fd, pid, sizeof pid - 1, 0);

  if (n > 0)
    g_strstrip (pid);
  if (g_str_has_suffix (pid, LEAVING))
    {
      pid[strlen (pid) - strlen (LEAVING)] = '\0';
      g_set_error (error, MESH_ERROR, MESH_ERROR_CLOSED,
                   "Another process with id %s is still leaving the data folder “%s”. "
                   "Try again in a moment",
                   pid, data_dir);
      return;
    }
  g_set_error (error, MESH_ERROR, MESH_ERROR_BUSY,
               "Another process%s%s uses the data folder “%s”. Stop it, or give another "
               "folder with --data-dir",
               n > 0 ? " with id " : "", n > 0 ? pid : "", data_dir);
}

/* For people and the messages above only: the lock itself is the kernel's. One write of
 * the same length each time, so that a reader sees the one text or the other. */
static void
write_holder (int fd, gboolean is_leaving)
{
  char holder[HOLDER_CHARS];
  char text[HOLDER_CHARS + 1];

  g_snprintf (holder, sizeof holder, "%d%s", (int) getpid (), is_leaving ? LEAVING : "");
  g_snprintf (text, sizeof text, "%-*s\n", HOLDER_CHARS - 1, holder);
  if (pwrite (fd, text, HOLDER_CHARS, 0) < 0 || ftruncate (fd, HOLDER_CHARS) != 0)
    g_debug ("Can not write the process id to the lock");
}

MeshNodeLock *
mesh_node_lock_take (const char *data_dir, GError **error)
{
  g_autofree char *path = g_build_filename (data_dir, "lock", NULL);
  MeshNodeLock *lock;
  int fd;

  if (g_mkdir_with_parents (data_dir, 0700) != 0)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_IO,
                   "Can not make the data folder “%s”: %s", data_dir, g_strerror (errno));
      return NULL;
    }
  fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_IO, "Can not open “%s”: %s", path,
                   g_strerror (errno));
      return NULL;
    }
  if (flock (fd, LOCK_EX | LOCK_NB) != 0)
    {
      if (errno == EWOULDBLOCK)
        set_busy (fd, data_dir, error);
      else
        g_set_error (error, MESH_ERROR, MESH_ERROR_IO, "Can not lock “%s”: %s", path,
                     g_strerror (errno));
      (void) g_close (fd, NULL);
      return NULL;
    }
  write_holder (fd, FALSE);
  lock = g_new0 (MeshNodeLock, 1);
  lock->fd = fd;
  return lock;
}

void
mesh_node_lock_set_leaving (MeshNodeLock *lock, gboolean is_leaving)
{
  write_holder (lock->fd, is_leaving);
}

void
mesh_node_lock_free (MeshNodeLock *lock)
{
  if (lock == NULL)
    return;
  (void) g_close (lock->fd, NULL);
  g_free (lock);
}
