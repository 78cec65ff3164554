//! Removes the invisible groups around fragments that a `macro_rules!` macro passes on.

use syn::{Expr, Type};

/// The expression inside groups and parentheses. `$value:literal` and `$value:expr` come in groups.
pub(crate) fn bare_expr(expr: &Expr) -> &Expr {
    match expr {
        Expr::Group(group) => bare_expr(&group.expr),
        Expr::Paren(paren) => bare_expr(&paren.expr),
        _ => expr,
    }
}

/// The type inside groups and parentheses. `$type:ty` comes in a group.
pub(crate) fn bare_type(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => bare_type(&group.elem),
        Type::Paren(paren) => bare_type(&paren.elem),
        _ => ty,
    }
}
