/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "apps/shoal-install-dialog.h"

#include <glib/gi18n-lib.h>

#include "proxy/shoal-error.h"
#include "model/shoal-request.h"
#include "apps/shoal-release-view.h"

struct _ShoalInstallDialog
{
  AdwWindow parent_instance;

  GtkStack *pages;            /* (unowned): of the template, as the rest here */
  GtkStack *results_stack;    /* (unowned) */
  GtkEditable *search_entry;  /* (unowned) */
  GtkWidget *look_up_button;  /* (unowned) */
  AdwStatusPage *none_page;   /* (unowned) */
  AdwStatusPage *failed_page; /* (unowned) */
  GtkNoSelection *results;    /* (unowned) */
  ShoalReleaseView *view;     /* (unowned) */
  GtkWidget *install_button;  /* (unowned) */
  ShoalClient *client;        /* (owned) */
  GCancellable *cancellable;  /* (owned): of the search or inspection under way */
  ShoalRelease *release;      /* (owned) (nullable): what is shown */
  char *target;               /* (owned) (nullable): what was asked for */
  gboolean is_direct;         /* begun with a target: no way back to the search */
};

G_DEFINE_FINAL_TYPE (ShoalInstallDialog, shoal_install_dialog, ADW_TYPE_WINDOW)

static void
show_page (ShoalInstallDialog *self, const char *name)
{
  gboolean is_confirm = g_str_equal (name, "confirm");
  gboolean is_installed = FALSE;

  gtk_stack_set_visible_child_name (self->pages, name);
  if (self->release != NULL)
    g_object_get (self->release, "is-installed", &is_installed, NULL);
  gtk_widget_set_visible (self->install_button, is_confirm);
  gtk_widget_set_sensitive (self->install_button, !is_installed);
  gtk_button_set_label (GTK_BUTTON (self->install_button),
                        is_installed ? _ ("Already Installed") : _ ("_Install"));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "dialog.back",
                                 !self->is_direct && !g_str_equal (name, "find"));
  if (is_confirm && !is_installed)
    gtk_widget_grab_focus (self->install_button);
}

/* The description of a status page is markup, and @text may hold what others have said.
 */
static void
set_description (AdwStatusPage *page, const char *text)
{
  g_autofree char *markup = g_markup_escape_text (text, -1);

  adw_status_page_set_description (page, markup);
}

/* Ends what is under way and gives a cancellable for what comes. */
static GCancellable *
renew_cancellable (ShoalInstallDialog *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  return self->cancellable;
}

static void
inspected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ShoalInstallDialog) self = g_steal_pointer (&user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (ShoalRelease) release = NULL;
  g_autofree char *text = NULL;

  release = shoal_request_inspect_finish (SHOAL_CLIENT (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_set_object (&self->release, release);
  g_object_set (self->view, "release", release, NULL);
  if (release != NULL)
    {
      show_page (self, "confirm");
      return;
    }
  text = shoal_error_is (error, "NotFound")
             ? g_strdup (_ ("No peer and no server knows an app of this name."))
             : shoal_error_text (error);
  set_description (self->failed_page, text);
  show_page (self, "failed");
}

static void
inspect (ShoalInstallDialog *self, const char *target)
{
  g_free (self->target);
  self->target = g_strdup (target);
  show_page (self, "inspecting");
  shoal_request_inspect_async (self->client, self->target, renew_cancellable (self),
                               inspected_cb, g_object_ref (self));
}

static void
searched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ShoalInstallDialog) self = g_steal_pointer (&user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) releases = NULL;
  g_autofree char *text = NULL;

  releases = shoal_request_search_finish (SHOAL_CLIENT (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_no_selection_set_model (self->results, releases);
  if (releases != NULL && g_list_model_get_n_items (releases) > 0)
    {
      gtk_stack_set_visible_child_name (self->results_stack, "results");
      return;
    }
  if (releases != NULL)
    text = g_strdup (_ ("Try other words, or enter the link or id of the app."));
  else if (shoal_error_is (error, "NotFound"))
    text
        = g_strdup (_ ("There is no server to search. Enter the link or id of the app."));
  else
    text = shoal_error_text (error);
  adw_status_page_set_title (self->none_page, releases != NULL ? _ ("No Apps Found")
                                                               : _ ("Cannot Search"));
  set_description (self->none_page, text);
  gtk_stack_set_visible_child_name (self->results_stack, "none");
}

static void
search_changed_cb (ShoalInstallDialog *self)
{
  g_autofree char *text
      = g_strstrip (g_strdup (gtk_editable_get_text (self->search_entry)));
  gboolean is_target = shoal_install_dialog_is_target (text);
  GCancellable *cancellable = renew_cancellable (self);

  gtk_widget_set_visible (self->look_up_button, is_target);
  if (is_target)
    {
      gtk_stack_set_visible_child_name (self->results_stack, "target");
      return;
    }
  gtk_stack_set_visible_child_name (self->results_stack, "searching");
  shoal_request_search_async (self->client, text, cancellable, searched_cb,
                              g_object_ref (self));
}

static void
look_up_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ShoalInstallDialog *self = SHOAL_INSTALL_DIALOG (widget);
  g_autofree char *text
      = g_strstrip (g_strdup (gtk_editable_get_text (self->search_entry)));

  if (shoal_install_dialog_is_target (text))
    inspect (self, text);
}

static void
search_activate_cb (ShoalInstallDialog *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "dialog.look-up", NULL);
}

static void
result_activate_cb (GtkListView *view, guint position, ShoalInstallDialog *self)
{
  g_autoptr (ShoalRelease) release
      = g_list_model_get_item (G_LIST_MODEL (self->results), position);

  if (release != NULL)
    inspect (self, shoal_release_get_app_id (release));
}

static void
back_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ShoalInstallDialog *self = SHOAL_INSTALL_DIALOG (widget);

  renew_cancellable (self);
  show_page (self, "find");
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

static void
install_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ShoalInstallDialog *self = SHOAL_INSTALL_DIALOG (widget);

  if (self->release == NULL)
    return;
  shoal_request_install (self->client, self->target,
                         shoal_release_get_publisher (self->release));
  gtk_window_close (GTK_WINDOW (self));
}

static void
shoal_install_dialog_dispose (GObject *object)
{
  ShoalInstallDialog *self = SHOAL_INSTALL_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->client);
  g_clear_object (&self->release);
  G_OBJECT_CLASS (shoal_install_dialog_parent_class)->dispose (object);
}

static void
shoal_install_dialog_finalize (GObject *object)
{
  ShoalInstallDialog *self = SHOAL_INSTALL_DIALOG (object);

  g_clear_object (&self->cancellable);
  g_free (self->target);
  G_OBJECT_CLASS (shoal_install_dialog_parent_class)->finalize (object);
}

static void
shoal_install_dialog_class_init (ShoalInstallDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = shoal_install_dialog_dispose;
  object_class->finalize = shoal_install_dialog_finalize;
  g_type_ensure (SHOAL_TYPE_RELEASE_VIEW);
  gtk_widget_class_install_action (widget_class, "dialog.back", NULL, back_action);
  gtk_widget_class_install_action (widget_class, "dialog.look-up", NULL, look_up_action);
  gtk_widget_class_install_action (widget_class, "dialog.install", NULL, install_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close",
                                       NULL);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/shoal/Shoal/apps/shoal-install-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, ShoalInstallDialog, pages);
  gtk_widget_class_bind_template_child (widget_class, ShoalInstallDialog, results_stack);
  gtk_widget_class_bind_template_child (widget_class, ShoalInstallDialog, search_entry);
  gtk_widget_class_bind_template_child (widget_class, ShoalInstallDialog, look_up_button);
  gtk_widget_class_bind_template_child (widget_class, ShoalInstallDialog, none_page);
  gtk_widget_class_bind_template_child (widget_class, ShoalInstallDialog, failed_page);
  gtk_widget_class_bind_template_child (widget_class, ShoalInstallDialog, results);
  gtk_widget_class_bind_template_child (widget_class, ShoalInstallDialog, view);
  gtk_widget_class_bind_template_child (widget_class, ShoalInstallDialog, install_button);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, result_activate_cb);
}

static void
shoal_install_dialog_init (ShoalInstallDialog *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
shoal_install_dialog_new (GtkWindow *parent, ShoalClient *client, const char *target)
{
  ShoalInstallDialog *self;

  self = g_object_new (SHOAL_TYPE_INSTALL_DIALOG, "transient-for", parent, NULL);
  self->client = g_object_ref (client);
  self->is_direct = target != NULL;
  if (target != NULL)
    inspect (self, target);
  else
    {
      show_page (self, "find");
      search_changed_cb (self);
    }
  return GTK_WIDGET (self);
}

gboolean
shoal_install_dialog_is_target (const char *text)
{
  g_autofree char *id = NULL;

  if (g_ascii_strncasecmp (text, "shoal:", strlen ("shoal:")) == 0)
    return text[strlen ("shoal:")] != '\0';
  if (g_path_is_absolute (text))
    return text[1] != '\0';
  id = g_strndup (text, strcspn (text, "@"));
  return strchr (id, '.') != strrchr (id, '.') && g_application_id_is_valid (id);
}
