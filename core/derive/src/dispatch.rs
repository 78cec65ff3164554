//! Expands `dispatch!`.

use crate::crate_path::{self, CratePath};
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Arm, Expr, ExprMatch, Ident, Pat, Path, Token};

/// `tx, match command { Deposit(deposit) => …, }`. `crate = path,` may precede it, and
/// `, schema = SCHEMA` may follow it.
pub(crate) struct DispatchInput {
    crate_path: CratePath,
    schema: Option<Path>,
    tx: Ident,
    command: Expr,
    arms: Vec<CommandArm>,
}

struct CommandArm {
    command: Path,
    binding: Pat,
    body: Expr,
}

impl Parse for DispatchInput {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let crate_path = CratePath::new(crate_path::parse_leading(input)?);
        let tx = input.parse()?;
        input.parse::<Token![,]>()?;
        let ExprMatch { expr, arms, .. } = input.parse()?;
        let has_more = input.parse::<Option<Token![,]>>()?.is_some() && !input.is_empty();
        let schema = if has_more { Some(parse_schema(input)?) } else { None };
        let arms = arms.into_iter().map(CommandArm::new);
        let arms = arms.collect::<syn::Result<_>>()?;
        Ok(Self { crate_path, schema, tx, command: *expr, arms })
    }
}

/// `schema = SCHEMA`
fn parse_schema(input: ParseStream<'_>) -> syn::Result<Path> {
    let name: Ident = input.parse()?;
    if name != "schema" {
        let text = "behind the match only `schema = SCHEMA` may follow: the constant that \
                    `schema!` made, which then must list every command of the arms";
        return Err(syn::Error::new(name.span(), text));
    }
    input.parse::<Token![=]>()?;
    let schema = input.call(Path::parse_mod_style)?;
    input.parse::<Option<Token![,]>>()?;
    Ok(schema)
}

impl CommandArm {
    fn new(arm: Arm) -> syn::Result<Self> {
        let text = "an arm names a command type and binds its value: `Deposit(deposit) => …`; \
                    commands of other kinds are refused without an arm";
        if let Some(attribute) = arm.attrs.first() {
            let text = "attributes have no meaning on these arms";
            return Err(syn::Error::new_spanned(attribute, text));
        }
        match arm.pat {
            Pat::Guard(guarded) => {
                let text = "an arm takes every command of its kind: decide inside, not in a guard";
                Err(syn::Error::new_spanned(guarded.guard, text))
            }
            Pat::TupleStruct(mut pattern)
                if pattern.qself.is_none() && pattern.elems.len() == 1 =>
            {
                match pattern.elems.pop() {
                    Some(binding) => Ok(Self { command: pattern.path, binding, body: *arm.body }),
                    None => Err(syn::Error::new_spanned(pattern, text)),
                }
            }
            other => Err(syn::Error::new_spanned(other, text)),
        }
    }
}

pub(crate) fn expand(input: &DispatchInput) -> TokenStream {
    let DispatchInput { crate_path, schema, tx, command, arms } = input;
    // Hygienic names: the author's arms and `tx` may use variables of the same names.
    let received = Ident::new("received", Span::mixed_site());
    let outcome = Ident::new("outcome", Span::mixed_site());
    let unknown = Ident::new("kind", Span::mixed_site());
    let count = arms.len();
    let commands: Vec<_> = arms.iter().map(|arm| &arm.command).collect();
    let checks = commands.iter().enumerate().map(|(at, command)| {
        quote_spanned! {command.span()=>
            const _: () = __statevec_abi::typed::declared::assert_distinct_kind("commands", &ENTRIES, #at);
        }
    });
    let listed = schema.iter().flat_map(|schema| {
        commands.iter().enumerate().map(move |(at, command)| {
            quote_spanned! {command.span()=>
                const _: () = __statevec_abi::typed::declared::assert_listed(
                    "command", "commands", #schema.def.commands, &ENTRIES, #at,
                );
            }
        })
    });
    let entries = commands.iter().map(|command| {
        quote_spanned!(command.span()=> __statevec_abi::typed::declared::command_entry::<#command>())
    });
    let arms = arms.iter().map(|arm| {
        let CommandArm { command, binding, body } = arm;
        // Errors about the type point at the type. The mixed-site span silences the lint about
        // unreachable arms: the assertion above reports a kind used twice.
        let place = Span::mixed_site().located_at(command.span());
        let kind = quote_spanned!(place=> <#command as __statevec_abi::typed::Payload>::KIND);
        quote! {
            #kind => {
                match __statevec_abi::plugin::dispatch::decode_command::<#command>(&mut *#tx, #received.payload()) {
                    ::core::result::Result::Ok(#binding) => #body,
                    ::core::result::Result::Err(rejected) => ::core::result::Result::Err(rejected),
                }
            }
        }
    });
    // In a pattern authors write types without their lifetime.
    let allow = quote! {
        #[allow(elided_lifetimes_in_paths, reason = "a pattern names a type without its lifetime")]
    };
    crate_path.apply(quote! {{
        #allow
        const _: () = {
            const ENTRIES: [(u8, &str); #count] = [#(#entries),*];
            #(#checks)*
            #(#listed)*
        };
        let #received = #command;
        #allow
        let #outcome = match #received.command_kind() {
            #(#arms)*
            #unknown => ::core::result::Result::Err(
                __statevec_abi::plugin::dispatch::unknown_command(&mut *#tx, #unknown),
            ),
        };
        #outcome
    }})
}
